/** The names under which the library itself sends, and which no event of a user may have. @internal */
export const reserved = { position: 'rxsse.position', gap: 'rxsse.gap', end: 'rxsse.end' } as const;
