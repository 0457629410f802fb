// Setting: one setting of one product, with the source of its name.

export interface Setting {
  product: string;
  /** The exact name, with its value where that is known. */
  setting: string;
  /** Where the product's documents say so. */
  source: string;
}
