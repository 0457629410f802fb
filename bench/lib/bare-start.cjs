// The lower bound for the start of `serve`: a Node process that loads its two main libraries and does not even listen.
require('ws');
require('better-sqlite3');
console.log('listening 1');
process.exit(0);
