// The package has types for its main entry only; this entry is the same without binaries.
declare module 'recheck/lib/browser.js' {
  export * from 'recheck';
}
