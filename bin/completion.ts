// `wsdemo completion`: prints the script with which a shell completes commands, options and values.
import { Argument, Command } from 'commander';
import { completionScript, SHELLS, type Shell } from './completion-scripts.js';
import { outlineOf } from './outline.js';

const HELP = `
To have it in each new shell:
  bash  echo 'source <(wsdemo completion bash)' >> ~/.bashrc
  zsh   echo 'source <(wsdemo completion zsh)' >> ~/.zshrc   (after compinit)
  fish  wsdemo completion fish > ~/.config/fish/completions/wsdemo.fish
`;

export function completionCommand(program: Command): Command {
  return new Command('completion')
    .description('print a script that completes commands and options in a shell')
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .addHelpText('after', HELP)
    .action((shell: Shell) => {
      process.stdout.write(completionScript(shell, outlineOf(program)));
    });
}
