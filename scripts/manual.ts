// Manual: the manual page wsdemo.1, made of the command line's own definitions.

import { type CommandOutline, type OptionOutline, outlineOf } from '../bin/outline.js';
import { createProgram } from '../bin/program.js';

/** Text for roff: a backslash starts a request there, and so does a dot or quote at the beginning of a line. */
function roff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^(?=[.'])/gm, '\\&');
}

function optionLines({
  long,
  short,
  value,
  isValueOptional,
  description,
  choices,
  variable,
  default: given,
}: OptionOutline) {
  const argument = value === undefined ? '' : ` \\fI${roff(isValueOptional ? `[${value}]` : value)}\\fR`;
  const facts = [
    choices.length > 0 && `one of ${choices.join(', ')}`,
    given !== undefined && `default: ${given}`,
    variable && `variable: ${variable}`,
  ].filter(Boolean);
  const flags = [short, long].filter((flag) => flag !== undefined).map((flag) => `\\fB${roff(flag)}\\fR`);
  const more = facts.length > 0 ? ` (${facts.join('; ')})` : '';
  return ['.TP', flags.join(', ') + argument, roff(`${description}${more}`)];
}

function commandLines({ name, description, usage, options, after }: CommandOutline): string[] {
  const groups = [...new Set(options.map(({ group }) => group))];
  return [
    `.SH ${name.toUpperCase()}`,
    `\\fBwsdemo ${name}\\fR ${roff(usage)}`,
    '.PP',
    `${roff(description)}.`,
    ...groups.flatMap((group) => [
      `.SS ${roff(group.replace(/:$/, ''))}`,
      ...options.filter((option) => option.group === group).flatMap(optionLines),
    ]),
    ...(after === '' ? [] : ['.PP', '.nf', roff(after), '.fi']),
  ];
}

/** The page as roff. */
export function manualPage(): string {
  const { name, description, commands } = outlineOf(createProgram());
  const lines = [
    `.\\" Made by npm run documents.`,
    `.TH ${name.toUpperCase()} 1`,
    '.SH NAME',
    `${name} \\- ${roff(description.replace(/\.$/, ''))}`,
    '.SH SYNOPSIS',
    `\\fB${name}\\fR \\fIcommand\\fR [\\fIoptions\\fR]`,
    '.SH COMMANDS',
    ...commands.flatMap((command) => ['.TP', `\\fB${command.name}\\fR`, roff(command.description)]),
    '.PP',
    'An option on the command line overrides its environment variable, which overrides the default.',
    ...commands.flatMap(commandLines),
  ];
  return `${lines.join('\n')}\n`;
}
