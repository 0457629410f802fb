// Chart: bars that compare the servers, as an SVG for the README. wsdemo is 1; a shorter bar is better.

const WIDTH = 760;
const LABEL = 190;
const VALUE = 60;
const ROW = 20;

const STYLE = `text{font:13px system-ui,sans-serif;fill:#24292f}.title{font-weight:600}.bar{fill:#8c959f}.ours{fill:#0969da}
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.bar{fill:#6e7681}.ours{fill:#4493f8}}`;

/** What is shown: a part's figures by their names, and what a ratio says about the peer. */
const PANELS = [
  {
    title: 'CPU for each tick that a client gets, 10,000 clients',
    part: 'fanout',
    bars: [
      ['C, send() alone', 'CPU per delivered tick, mean, beside floor, 10000 clients'],
      ['Bun', 'CPU per delivered tick, mean, beside bun, 10000 clients'],
      ['ws, a plain loop', 'CPU per delivered tick, mean, beside ws, 10000 clients'],
      ['socket.io', 'CPU per delivered tick, mean, beside socket.io, 10000 clients'],
      ['FastAPI, uvicorn', 'CPU per delivered tick, mean, beside original, 10000 clients'],
    ],
  },
  {
    title: 'CPU for each fibonacci answer, n = 1,000',
    part: 'fibonacci',
    bars: [
      ['Bun', 'CPU for each answer, n = 1000, beside bun'],
      ['ws, no checks', 'CPU for each answer, n = 1000, beside ws'],
      ['FastAPI, uvicorn', 'CPU for each answer, n = 1000, beside original'],
    ],
  },
  {
    title: 'CPU for each client let in',
    part: 'accepts',
    bars: [
      ['C, no database', 'CPU for each accept, warm, beside the floor'],
      ['Bun, no database', 'CPU for each accept, warm, beside Bun without a database'],
      ['ws, no database', 'CPU for each accept, warm, beside plain ws without a database'],
      ['ws, a row each', 'CPU for each accept, warm, beside plain ws with a row each'],
      ['FastAPI, a row each', 'CPU for each accept, warm, beside the original design'],
    ],
  },
  {
    title: 'Memory for each idle client',
    part: 'memory',
    bars: [
      ['Bun', 'resident memory for each client, beside bun'],
      ['ws', 'resident memory for each client, beside ws'],
      ['socket.io', 'resident memory for each client, beside socket.io'],
      ['FastAPI, uvicorn', 'resident memory for each client, beside original'],
    ],
  },
];

/**
 * The chart, or the figures that it lacks: a chart without a bar would hide a server.
 *
 * @param {(part: string) => import('./figures.js').Figure[]} figuresOf the last results of a part; none if it has not been run
 * @returns {{ svg: string } | { missing: { part: string, name: string }[] }}
 */
export function chart(figuresOf) {
  let y = 0;
  const shapes = [];
  const missing = [];
  for (const { title, part, bars } of PANELS) {
    const figures = figuresOf(part);
    const rows = [];
    for (const [label, name] of bars) {
      const found = figures.find((figure) => figure.name === name);
      if (found) rows.push({ label, value: 1 / found.value, ours: false });
      else missing.push({ part, name });
    }
    rows.push({ label: 'wsdemo', value: 1, ours: true });
    rows.sort((a, b) => a.value - b.value);
    const longest = Math.max(...rows.map(({ value }) => value));
    y += 26;
    shapes.push(`<text class="title" x="0" y="${y}">${title}</text>`);
    y += 8;
    for (const { label, value, ours } of rows) {
      const width = ((WIDTH - LABEL - VALUE) * value) / longest;
      shapes.push(
        `<text x="${LABEL - 8}" y="${y + 14}" text-anchor="end"${ours ? ' class="title"' : ''}>${label}</text>`,
        `<rect class="${ours ? 'ours' : 'bar'}" x="${LABEL}" y="${y + 3}" width="${width.toFixed(1)}" height="14" rx="2"/>`,
        `<text x="${(LABEL + width + 6).toFixed(1)}" y="${y + 14}">${value.toFixed(2)}</text>`,
      );
      y += ROW;
    }
  }
  if (missing.length > 0) return { missing };
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${y + 8}" viewBox="0 0 ${WIDTH} ${y + 8}" role="img" aria-label="What wsdemo costs beside other servers; wsdemo is 1, shorter is better"><style>${STYLE}</style>\n${shapes.join('\n')}\n</svg>\n`;
  return { svg };
}
