import * as t from 'io-ts';
import { DateFromISOString, event, events, NonEmptyString, withDefault } from 'rxsse';

const Posted = event('posted', { text: NonEmptyString, at: withDefault(DateFromISOString, () => new Date()) });
const Connected = event('connected', { server: t.string });

/** The events that are stored in Redis. */
export const Posts = events({ Posted });

/** The events that a reader gets: the name of its server first, then the posts. */
export const Board = events({ Posted, Connected });
