// FibonacciWorker: the thread that computes large numbers.
import workerpool from 'workerpool';
import { fibonacciResult } from './fibonacci.js';

workerpool.worker({ fibonacciResult });
