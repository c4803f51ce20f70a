import { element } from './element.js';

const tokens = new RegExp(
  [
    /(?<comment>\/\*[\s\S]*?\*\/|\/\/[^\n]*)/,
    /(?<string>'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`)/,
    /(?<keyword>\b(?:as|async|await|catch|class|const|continue|default|else|export|extends|for|from|function|if|implements|import|in|interface|let|new|null|of|readonly|return|satisfies|static|this|throw|true|false|try|type|typeof|undefined|void|while|yield)\b)/,
    /(?<call>\b[A-Za-z_$][\w$]*(?=\())/,
    /(?<number>\b\d[\d_.]*\b)/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'g',
);

/** Returns the lines of a program in TypeScript, each an element. */
export function highlight(text) {
  const lines = [element('span', { className: 'line' })];
  const append = (part, className) => {
    part.split('\n').forEach((piece, index) => {
      if (index > 0) lines.push(element('span', { className: 'line' }));
      if (piece !== '')
        lines.at(-1).append(className === undefined ? piece : element('i', { className, textContent: piece }));
    });
  };
  let end = 0;
  for (const { 0: token, index, groups } of text.trimEnd().matchAll(tokens)) {
    append(text.slice(end, index));
    append(
      token,
      Object.keys(groups).find((name) => groups[name] !== undefined),
    );
    end = index + token.length;
  }
  append(text.trimEnd().slice(end));
  return lines;
}
