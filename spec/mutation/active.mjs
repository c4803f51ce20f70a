// The switch of one mutant, for a process that tries no other.
const active = Number(process.env.MUTANT);
globalThis.isMutant = (id) => id === active;
