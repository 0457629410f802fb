// The second, for the peers: on the second plus PHASE_MS, so two servers under comparison tick one after the other.
const phaseMs = Number(process.env.PHASE_MS ?? 0);

/** @param {(time: string) => void} tell gets the second as HH:MM:SS */
export function everySecond(tell) {
  let next = Math.ceil((Date.now() - phaseMs) / 1000) * 1000 + phaseMs;
  const wait = () => setTimeout(wake, next - Date.now());
  const wake = () => {
    const time = new Date(next).toTimeString().slice(0, 8);
    next += 1000;
    wait();
    tell(time);
  };
  wait();
}
