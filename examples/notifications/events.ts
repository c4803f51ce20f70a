import { DateFromISOString, event, events, NonEmptyString, withDefault } from 'rxsse';

/** The events that are posted, stored and read; a browser's bundle can share this file. */
export const Notifications = events({
  Posted: event('notification.posted', {
    text: NonEmptyString,
    at: withDefault(DateFromISOString, () => new Date()),
  }),
});
