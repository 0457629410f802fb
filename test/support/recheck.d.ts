// The package declares the types of its entry alone; this is the same without binaries.
declare module 'recheck/lib/browser.js' {
  export * from 'recheck';
}
