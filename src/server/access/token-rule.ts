// TokenRule: what makes an access token acceptable.

/** Shorter tokens tend to be words, which can be guessed even with few tries a minute. */
const MIN_TOKEN_LENGTH = 16;

/** What is wrong with a token, in words that don't repeat it; undefined if it is fine. */
export function tokenProblem(token: string): string | undefined {
  if (token === '') return 'the token is empty; leave it out to let everyone in';
  if (!/^[!-~]+$/.test(token)) return 'a token is made of letters, digits and signs of ASCII, without spaces';
  if (token.length >= MIN_TOKEN_LENGTH) return undefined;
  return `a token has at least ${MIN_TOKEN_LENGTH} characters; openssl rand -base64 24 makes a good one`;
}
