// CompletionScripts: what bash, zsh and fish read to complete commands, options and their values.
import type { CommandOutline, OptionOutline, Outline } from './outline.js';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

export function completionScript(shell: Shell, outline: Outline): string {
  return { bash, zsh, fish }[shell](outline);
}

const isFile = ({ value }: OptionOutline) => value === 'file';
/** In single quotes, which all three shells read alike if none stands in the text. */
const quoted = (text: string) => `'${text.replaceAll("'", '’')}'`;

/** What may follow a command: its options, or the values of its argument. */
function wordsOf({ options, choices }: CommandOutline): string {
  return [...choices, ...options.flatMap(({ long, short }) => (short ? [short, long] : [long]))].join(' ');
}

function bash({ name, commands }: Outline): string {
  const flags = new Map<string, string[]>();
  for (const command of commands) {
    for (const option of command.options) {
      if (option.value === undefined || option.isValueOptional) continue;
      const values = bashValues(option);
      const own = [option.long, option.short].filter(Boolean).map((flag) => `${command.name}:${flag}`);
      flags.set(values, [...(flags.get(values) ?? []), ...own]);
    }
  }
  const values = [...flags].map(([action, names]) => `    ${names.join('|')})\n      ${action}return ;;`);
  return `# Completion of bash for ${name}. For this shell: source <(${name} completion bash)
_${name}() {
  local IFS=$'\\n' i words= command= cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]}
  for ((i = 1; i < COMP_CWORD; i++)); do
    case \${COMP_WORDS[i]} in
    ${commands.map((command) => command.name).join('|')}) command=\${COMP_WORDS[i]}; break ;;
    esac
  done
  COMPREPLY=()
  case $command:$prev in
${values.join('\n')}
  esac
  case $command in
${commands.map((command) => `    ${command.name}) words=${quoted(wordsOf(command))} ;;`).join('\n')}
    *) words=${quoted(`${commands.map((command) => command.name).join(' ')} --help --version`)} ;;
  esac
  COMPREPLY=($(compgen -W "\${words// /$'\\n'}" -- "$cur"))
}
complete -F _${name} ${name}
`;
}

function bashValues(option: OptionOutline): string {
  if (option.choices.length > 0) {
    return `COMPREPLY=($(compgen -W $'${option.choices.join('\\n')}' -- "$cur")); `;
  }
  // A file name may need quotes, which readline adds to names of files.
  return isFile(option) ? 'compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$cur")); ' : '';
}

function zsh({ name, commands }: Outline): string {
  const cases = commands.map(
    (command) => `    ${command.name})
      _arguments ${[...command.options.flatMap(zshOption), ...zshArgument(command)].map((part) => `\\\n        ${part}`).join(' ')}
      ;;`,
  );
  return `#compdef ${name}
# Completion of zsh for ${name}. For this shell: source <(${name} completion zsh)
_${name}() {
  local -a commands
  commands=(
${commands.map((command) => `    ${quoted(`${command.name}:${zshText(command.description)}`)}`).join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT -= 1 ))
  case $command in
${cases.join('\n')}
  esac
}
if [[ $funcstack[1] == _${name} ]]; then _${name} "$@"; else compdef _${name} ${name}; fi
`;
}

/** Text between brackets, where zsh gives colons and brackets a meaning. */
const zshText = (text: string) => text.replace(/[:[\]\\]/g, '\\$&');

function zshOption(option: OptionOutline): string[] {
  const { long, short, value, choices, description, isValueOptional } = option;
  const action = choices.length > 0 ? `(${choices.join(' ')})` : isFile(option) ? '_files' : ' ';
  const argument = value === undefined ? '' : `${isValueOptional ? '::' : ':'}${value}:${action}`;
  return [short, long]
    .filter((flag) => flag !== undefined)
    .map((flag) => quoted(`*${flag}[${zshText(description)}]${argument}`));
}

function zshArgument({ choices }: CommandOutline): string[] {
  return choices.length > 0 ? [quoted(`1:value:(${choices.join(' ')})`)] : [];
}

function fish({ name, commands }: Outline): string {
  const lines = commands.flatMap((command) => {
    const here = `complete -c ${name} -n '__fish_seen_subcommand_from ${command.name}'`;
    const choices = command.choices.length > 0 ? [`${here} -a ${quoted(command.choices.join(' '))}`] : [];
    return [
      `complete -c ${name} -n __fish_use_subcommand -a ${command.name} -d ${quoted(command.description)}`,
      ...choices,
      ...command.options.map((option) => `${here} ${fishOption(option)}`),
    ];
  });
  return `# Completion of fish for ${name}. For this shell: ${name} completion fish | source
complete -c ${name} -f
${lines.join('\n')}
`;
}

function fishOption(option: OptionOutline): string {
  const { long, short, value, choices, description, isValueOptional } = option;
  const flags = `${short ? `-s ${short.slice(1)} ` : ''}-l ${long.slice(2)}`;
  const needs = value === undefined || isValueOptional ? '' : isFile(option) ? ' -r -F' : ' -x';
  const values = choices.length > 0 ? ` -a ${quoted(choices.join(' '))}` : '';
  return `${flags}${needs}${values} -d ${quoted(description)}`;
}
