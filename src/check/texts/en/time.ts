// The sentences about idle limits, lifetimes and the drain rehearsal, in English.

export const time = {};
