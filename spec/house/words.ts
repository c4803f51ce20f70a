import { commentsOf, declaredNames, titlesOf } from './declarations.ts';
import type { Files } from './repo.ts';

/** Words that no name in lib contains, each with its replacement: the project's list of words that describe nothing. */
const wordsOfNames: readonly (readonly [words: string, replacement: string])[] = [
  ['told said', 'notified or sent'],
  ['asked', 'requested'],
  ['given', 'value, input or the thing itself'],
  ['kept', 'retained'],
  ['begun', 'started'],
  ['gone', 'closed'],
  ['heard', 'received'],
  ['place placed placement', 'position'],
  ['beat beats', 'heartbeat'],
  ['farewell', 'error response or final frames'],
  ['door', 'entry point'],
  ['visit visits visited arrival', 'session or request'],
  ['dear dearer', 'expensive or costs more'],
  ['whoever', 'the caller, the subscriber or the route'],
];

const replacementOf = new Map(
  wordsOfNames.flatMap(([words, replacement]) => words.split(' ').map((word) => [word, replacement] as const)),
);

/** Returns the words of a name in camelCase, in small letters. */
const wordsIn = (name: string): readonly string[] =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);

/** Returns each declared name with a word of `wordsOfNames`, and what to use. */
export function privateWords(files: Files): readonly string[] {
  return [...files].flatMap(([file, text]) =>
    declaredNames(file, text).flatMap((name) =>
      wordsIn(name)
        .filter((word) => replacementOf.has(word))
        .map((word) => `${file}: ${name}: not '${word}' but ${replacementOf.get(word)}`),
    ),
  );
}

const firstWord = /^(?:Of|Those|Who|Whom|What|Word|Nobody|Whoever|Whatever)\b/;

/** Returns each doc comment with a paragraph whose first word makes it no sentence with a subject and a verb. */
export function fragments(files: Files): readonly string[] {
  return [...files].flatMap(([file, text]) =>
    commentsOf(file, text)
      .filter(({ isDoc }) => isDoc)
      .flatMap(({ line, text }) =>
        text
          .split(/\n\s*\n/)
          .map((paragraph) => paragraph.trim())
          .filter((paragraph) => firstWord.test(paragraph))
          .map((paragraph) => `${file}:${line}: write a sentence with a verb, such as Returns: ${start(paragraph)}`),
      ),
  );
}

/** Returns the same for the doc comments of code in Markdown. */
export function fragmentsOfGuides(files: Files): readonly string[] {
  return [...files].flatMap(([file, text]) =>
    [...text.matchAll(/\/\*\*([\s\S]*?)\*\//g)].flatMap(({ index, 1: comment = '' }) => {
      const line = text.slice(0, index).split('\n').length;
      const words = comment.replace(/\n\s*\*/g, '\n').trim();
      return firstWord.test(words) ? [`${file}:${line}: write a sentence with a verb: ${start(words)}`] : [];
    }),
  );
}

const start = (text: string) => text.replace(/\s+/g, ' ').slice(0, 60);

/** Phrases that no comment and no guide uses, each with its replacement. */
const phrases: readonly (readonly [phrase: RegExp, replacement: string])[] = [
  [/\banew\b/i, 'again'],
  [/\b(?:thereof|whereof|therein|hereby|whereby)\b/i, 'the noun that it stands for'],
  [/\b(?:whoever|whosoever|whomever)\b/i, 'the caller, the subscriber or the route'],
  [/\bnobody\b/i, 'no reader, no subscriber, or the passive voice'],
  [/\b(?:is|are|was|were|be|been|being) (?:asked|told)\b(?! apart)/i, 'gets, is sent, is called'],
  [/\b(?:asks|asked)\b/i, 'requests, sends or calls'],
  [/\breads? on\b(?! (?:demand|request))/i, 'continues'],
  [/\bhand(?:s|ed) (?:on|over)\b/i, 'passes'],
  [/\b(?:is|are|was|were|be|been) kept\b(?! alive)/i, 'stored, retained or preserved'],
  [/\bkept (?:with|in full)\b/i, 'stored or retained'],
  [/\b(?:what is no|that is none|which is none|where it is none)\b/i, 'is not a ...'],
  [/\bdear(?:er|est)?\b/i, 'expensive'],
  [/\bfor ever\b/i, 'forever, or until what'],
  [/\bat hand\b/i, 'available'],
  [/\bfarewell\b/i, 'error response or final frames'],
  [/\bturn(?:s|ed)? away\b/i, 'reject or disconnect'],
  [/\bmain door\b|\b(?:the|a|each|every|another|its) doors?\b/i, 'entry point'],
];

/** Phrases that no title and no comment of a spec uses, beside those above. */
const phrasesOfSpecs: typeof phrases = [
  [/\bgo(?:es)? on\b/i, 'continues'],
  [/\bbegun\b/i, 'started'],
  [/\blets? go\b/i, 'releases or removes'],
  [/\bha(?:s|ve) (?:its|their) turn\b/i, 'runs in the next turn'],
  [/\bthose who\b/i, 'the readers or the subscribers'],
  [/\b(?:some|every|any)body\b/i, 'a reader, every reader, or the passive voice'],
  [/\b(?:hears?|heard)\b/i, 'receives'],
  [/\b(?:tells?|told|said)\b/i, 'sends, reports or returns'],
  [/\bsays? (?:so|nothing)\b/i, 'reports it, or the event that is sent'],
  [/\b(?:comes?|came) back\b/i, 'reconnects'],
  [/\bfor good\b/i, 'permanently'],
  [/\b(?:its|their|one|each|this|that) places?\b/i, 'position'],
  [/\bkept\b/i, 'stored or retained'],
];

const problemsIn = (where: string, text: string, refused = phrases): readonly string[] =>
  refused.flatMap(([phrase, replacement]) => {
    const found = phrase.exec(text.replace(/\s+/g, ' '))?.[0];
    return found === undefined ? [] : [`${where}: not '${found}' but ${replacement}`];
  });

/** Returns each comment that uses an archaic phrase. */
export function archaicComments(files: Files): readonly string[] {
  return [...files].flatMap(([file, text]) =>
    commentsOf(file, text).flatMap(({ line, text }) => problemsIn(`${file}:${line}`, text)),
  );
}

const everyPhrase = [...phrases, ...phrasesOfSpecs];

/** The words that open no title: the subject and the verb are missing. */
const openings = {
  describe: /^(?:what|whatever|who|whose|whom|whoever|how|those|word|not)\b/i,
  it: /^(?:what|whatever|who|whom|whoever|how|those|they|one|word|there|and|but|or|not|nor|neither|may|again)\b/i,
} as const;

/** Returns each title of a spec that opens without a subject and a verb, or uses an archaic phrase. */
export function archaicTitles(files: Files): readonly string[] {
  return [...files].flatMap(([file, text]) =>
    titlesOf(file, text).flatMap(({ line, text, kind }) => {
      const opening = openings[kind].exec(text)?.[0];
      return [
        ...(opening === undefined
          ? []
          : [`${file}:${line}: open with the subject or a verb, not '${opening}': ${start(text)}`]),
        ...problemsIn(`${file}:${line}`, text, everyPhrase),
      ];
    }),
  );
}

/** Returns each comment of a spec that uses an archaic phrase. */
export function archaicSpecComments(files: Files): readonly string[] {
  return [...files].flatMap(([file, text]) =>
    commentsOf(file, text).flatMap(({ line, text }) => problemsIn(`${file}:${line}`, text, everyPhrase)),
  );
}

/** Returns each line of a guide that uses an archaic phrase. */
export function archaicLines(files: Files): readonly string[] {
  return [...files].flatMap(([file, text]) =>
    text.split('\n').flatMap((line, index) => problemsIn(`${file}:${index + 1}`, line)),
  );
}
