/** Returns the text, or its start and an ellipsis where it is longer than that many characters. */
export function shorten(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
