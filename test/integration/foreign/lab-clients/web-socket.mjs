// A client with the WebSocket of browsers: Node's own, Chromium's, or that of ws. Returns what its program sees.
export function watch(WebSocket, url, openMs) {
  const startedAt = performance.now();
  const seen = { opened: false, messages: 0, error: '' };
  return new Promise((resolve) => {
    const socket = new WebSocket(url);
    const finish = (more) => resolve({ ...seen, ...more, ms: Math.round(performance.now() - startedAt) });
    socket.onopen = () => {
      seen.opened = true;
      socket.send('hello');
      setTimeout(() => socket.readyState === 1 && socket.send('again'), 500);
    };
    socket.onmessage = () => {
      seen.messages += 1;
    };
    socket.onerror = (event) => {
      seen.error ||= String(event?.error?.message ?? event?.message ?? '');
    };
    socket.onclose = ({ code, reason, wasClean }) => finish({ code, reason, clean: wasClean });
    setTimeout(() => {
      seen.closes = true;
      socket.close(1000);
      setTimeout(() => finish({ code: 0 }), 1500);
    }, openMs);
  });
}
