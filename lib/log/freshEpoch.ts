import { clock } from '../time/clock.ts';

/** A fresh epoch: 96 unguessable bits as 16 characters that a URL carries as they are. */
export function freshEpoch(): string {
  let bits = '';
  for (const byte of clock.random(12)) bits += String.fromCharCode(byte);
  return btoa(bits).replaceAll('+', '-').replaceAll('/', '_');
}
