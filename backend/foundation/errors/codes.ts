/** The closed list of error codes and the HTTP status of each. Clients switch on the code, never on the text. */
export const errorStatus = {
  malformed: 400,
  'openid-answer': 400,
  'openid-expired': 400,
  'openid-redirect': 400,
  'openid-stopped': 400,
  unauthenticated: 401,
  'token-expired': 401,
  'token-revoked': 401,
  'token-unknown': 401,
  forbidden: 403,
  'out-of-scope': 403,
  'user-disabled': 403,
  'openid-claim': 403,
  'openid-link': 403,
  'openid-no-access': 403,
  'not-found': 404,
  'method-not-allowed': 405,
  conflict: 409,
  gone: 410,
  'precondition-failed': 412,
  'too-large': 413,
  'unsupported-media-type': 415,
  'invalid-input': 422,
  'rate-limited': 429,
  internal: 500,
  unavailable: 503,
  'openid-issuer': 503,
  timeout: 504,
} as const

export type ErrorCode = keyof typeof errorStatus
export type ErrorStatus = (typeof errorStatus)[ErrorCode]
