// The switch of one mutant, for a process that runs no other.
const active = Number(process.env.MUTANT);
globalThis.isMutant = (id) => id === active;
