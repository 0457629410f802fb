// A bot: whoever writes `fib 100` in the chat gets the number. Run it: node bot.mjs ws://localhost:8000/ws
import { connect } from 'wsdemo/client';

/** A chat text may be 1,000 characters long. */
const MAX_DIGITS = 900;

const bot = connect(process.argv[2] ?? 'ws://localhost:8000/ws');

bot.on('welcome', ({ client_id }) => console.log(`here as ${client_id}`));
bot.on('status', ({ state }) => console.log(state));
bot.on('chat', async ({ from, text }) => {
  const [, input] = /^fib (\d{1,6})$/.exec(text) ?? [];
  if (input === undefined || from === bot.id) return;
  try {
    const digits = String(await bot.fibonacci(Number(input)));
    await bot.chat(digits.length > MAX_DIGITS ? `F(${input}) has ${digits.length} digits` : `F(${input}) = ${digits}`);
  } catch (error) {
    console.error(`no answer for ${from}: ${error.code}: ${error.message}`);
  }
});

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => bot.close());
