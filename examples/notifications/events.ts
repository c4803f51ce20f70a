import { DateFromISOString, event, events, NonEmptyString, withDefault } from 'rxsse';

/** What is posted, remembered and read; a browser's bundle can share this file. */
export const Notifications = events({
  Posted: event('notification.posted', {
    text: NonEmptyString,
    at: withDefault(DateFromISOString, () => new Date()),
  }),
});
