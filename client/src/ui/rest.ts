/** How long the pointer rests on a map before the server is asked about it. */
export const REST_MS = 120;
