// FibonacciWorker: the thread in which large numbers are computed.
import workerpool from 'workerpool';
import { fibonacciResult } from './fibonacci.js';

workerpool.worker({ fibonacciResult });
