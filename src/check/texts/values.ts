// Values: what fills in a sentence. Named apart, so that every group of sentences can import it.

export type Values = Readonly<Record<string, string | number>>;
