/** `modelwright completion`: completion scripts for shells, from the table of commands. */
import { commands } from '../../catalog/commands.ts';
import { ModelwrightError } from '../../catalog/errors.ts';
import { type Declare, declare } from '../terminal.ts';

const names = (): string => commands.map((command) => command.name).join(' ');

const subcommandCases = (line: (name: string, words: string) => string): string =>
  commands
    .flatMap(({ name, subcommands }) => (subcommands ? [line(name, subcommands.join(' '))] : []))
    .join('\n');

const scripts: Readonly<Record<string, () => string>> = {
  bash: () => `_modelwright() {
  local current="\${COMP_WORDS[COMP_CWORD]}"
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${names()}" -- "$current"))
    return
  fi
  case "\${COMP_WORDS[1]}" in
${subcommandCases((name, words) => `    ${name}) [ "$COMP_CWORD" -eq 2 ] && { COMPREPLY=($(compgen -W "${words}" -- "$current")); return; } ;;`)}
  esac
  COMPREPLY=($(compgen -f -- "$current"))
}
complete -o filenames -F _modelwright modelwright`,
  zsh: () => `#compdef modelwright
_modelwright() {
  if (( CURRENT == 2 )); then compadd ${names()}; return; fi
  case "$words[2]" in
${subcommandCases((name, words) => `    ${name}) (( CURRENT == 3 )) && { compadd ${words}; return } ;;`)}
  esac
  _files
}
compdef _modelwright modelwright`,
  fish: () =>
    [
      ...commands.map(
        ({ name, doc }) =>
          `complete -c modelwright -n __fish_use_subcommand -a ${name} -d '${doc.replaceAll("'", "\\'")}'`,
      ),
      subcommandCases(
        (name, words) => `complete -c modelwright -n '__fish_seen_subcommand_from ${name}' -a '${words}'`,
      ),
    ].join('\n'),
};

export const declareCompletion: Declare = (program, act) => {
  declare(program, 'completion', 'completion <shell>').action(
    act(async (terminal, shell: string) => {
      const script = scripts[shell]?.();
      if (script === undefined) {
        throw new ModelwrightError('bad-usage', {
          reason: `There is no completion for \`${shell}\`; there is for bash, zsh and fish.`,
          command: 'modelwright completion',
        });
      }
      terminal.print({ shell, script }, script);
    }),
  );
};
