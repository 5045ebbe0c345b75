/** Keeps what goes wrong on the page, so that tests can say that nothing did. */

const errors: string[] = [];

/** All errors so far: uncaught ones, unhandled rejections, and what was logged as an error. */
export function seenErrors(): readonly string[] {
  return errors;
}

/** Watches from now on; call it before anything else can fail. */
export function watchErrors(): void {
  window.addEventListener('error', (event) => {
    errors.push(event.message);
  });
  window.addEventListener('unhandledrejection', (event) => {
    errors.push(String(event.reason));
  });
  const log = console.error.bind(console);
  console.error = (...items: unknown[]) => {
    errors.push(items.map(String).join(' '));
    log(...items);
  };
}
