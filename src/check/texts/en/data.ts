// The sentences about messages, closing and speed, in English.

export const data = {};
