/** One step of a guide: a file to write, or a command to run. */
type GuideStep =
  | { readonly write: string; readonly text: string }
  | { readonly run: string; readonly shows: readonly string[] };

/**
 * Returns the steps of a guide in order: blocks with a file's name are that file, or the
 * next part of it; `sh` are commands; `console` are commands and their output.
 */
export function guideSteps(text: string): readonly GuideStep[] {
  const steps: GuideStep[] = [];
  const files = new Map<string, string>();
  for (const [, language, name = '', body = ''] of text.matchAll(/^```(\w+) ?(.*)\n([\s\S]*?)^```$/gm)) {
    if (name !== '') {
      files.set(name, (files.get(name) ?? '') + body);
      steps.push({ write: name, text: files.get(name) ?? '' });
    } else if (language === 'sh') {
      for (const run of body.trim().split('\n')) steps.push({ run, shows: [] });
    } else if (language === 'console') {
      const [command = '', ...shows] = body.trim().split('\n');
      steps.push({ run: command.replace(/^\$ /, ''), shows });
    }
  }
  return steps;
}

/** Returns the expected lines that a command did not print, compared without indentation, times, positions in stacks and the epochs of ids. */
export function notShown(shows: readonly string[], output: string): readonly string[] {
  const plain = (line: string) =>
    line
      .replace(/\s*\(\d+m?s\)$/, '')
      .replace(/\s+/g, ' ')
      .replace(/^(id: 1\.)[\w-]+(\.\d+)/, '$1epoch$2')
      .replace(/\((?:.*\/)?([\w.]+:\d+):\d+\)/, '($1)')
      .trim();
  const shown = new Set(output.split('\n').map(plain));
  return shows.filter((line) => plain(line) !== '' && !shown.has(plain(line)));
}
