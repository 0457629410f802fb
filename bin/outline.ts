// Outline: commands and options of the command line as plain data, from commander's own definitions. Completions and the manual page
// are made of it.
import type { Command, Option } from 'commander';

export interface OptionOutline {
  /** `--header`; every option has a long flag. */
  long: string;
  /** `-H` */
  short?: string;
  description: string;
  /** The name of its value, such as `file`; undefined for a switch. */
  value?: string;
  /** The value may be left out. */
  isValueOptional: boolean;
  choices: readonly string[];
  /** The environment variable. */
  variable?: string;
  /** The default, as text. */
  default?: string;
  group: string;
}

export interface CommandOutline {
  name: string;
  description: string;
  /** As commander shows it, such as `[options] <url>`. */
  usage: string;
  options: OptionOutline[];
  /** The values that its argument may have; empty if it may be anything. */
  choices: readonly string[];
  /** What its help says after the options: exit statuses and examples. */
  after: string;
}

export interface Outline {
  name: string;
  description: string;
  commands: CommandOutline[];
}

export function outlineOf(program: Command): Outline {
  const names = program.commands.map((command) => command.name());
  const commands = program.commands.map((command) => ({
    name: command.name(),
    description: command.description(),
    usage: command.usage(),
    options: command.createHelp().visibleOptions(command).map(optionOutline),
    choices: command.name() === 'help' ? names : (command.registeredArguments[0]?.argChoices ?? []),
    after: textAfterHelp(command),
  }));
  return { name: program.name(), description: program.description(), commands };
}

/** commander keeps the text of `addHelpText` as a listener that writes it. */
function textAfterHelp(command: Command): string {
  let after = '';
  const write = (text: string) => {
    after += text;
  };
  (command as Command & NodeJS.EventEmitter).emit('afterHelp', { error: false, command, write });
  return after.trim();
}

function optionOutline(option: Option): OptionOutline {
  const { long, short, description, argChoices, envVar, defaultValue, defaultValueDescription } = option;
  const [, value] = option.flags.split(/[<>[\]]/);
  const text = defaultValueDescription ?? (defaultValue === undefined ? '' : String(defaultValue));
  return {
    long: long ?? '',
    ...(short ? { short } : {}),
    description,
    ...(value === undefined ? {} : { value }),
    isValueOptional: option.optional,
    choices: argChoices ?? [],
    ...(envVar ? { variable: envVar } : {}),
    ...(text === '' ? {} : { default: text }),
    group: option.helpGroupHeading ?? 'Options:',
  };
}
