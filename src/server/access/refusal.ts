// Refusal: why a request or an upgrade is refused, as an HTTP answer.

export interface Refusal {
  /** A word for logs and metrics. */
  reason:
    | 'headers'
    | 'host'
    | 'origin'
    | 'token-missing'
    | 'token-wrong'
    | 'token-tries'
    | 'full'
    | 'full-for-address'
    | 'stopping'
    | 'lab-off'
    | 'lab-plan'
    | 'lab-full'
    | 'lab-status';
  status: number;
  text: string;
  /** Seconds after which it may work. */
  retryAfter?: number;
  /** What to prove oneself with, as `WWW-Authenticate` says it. */
  challenge?: string;
  /** Where else to go, as `Location` says it. */
  location?: string;
}
