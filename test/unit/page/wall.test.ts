// The address on the wall.
import { describe, expect, it } from 'vitest';
import { joinAddress } from '../../../public/wall/join-address.js';

describe('the address to join', () => {
  it.each([
    ['http://10.0.0.7:8000/?wall', 'http://10.0.0.7:8000/', false],
    ['http://10.0.0.7:8000/demo/?wall#x', 'http://10.0.0.7:8000/demo/', false],
    ['http://localhost:8000/?wall', 'http://localhost:8000/', true],
    ['http://127.0.0.1:8000/?wall', 'http://127.0.0.1:8000/', true],
    ['http://[::1]:8000/?wall', 'http://[::1]:8000/', true],
    ['http://localhost:8000/?wall=https://demo.example/x?y=1', 'https://demo.example/x?y=1', false],
  ])('of %s is %s', (page, href, isLocal) => {
    expect(joinAddress(page)).toEqual({ href, isLocal });
  });

  it.each(['javascript:alert(1)', 'demo.example', 'ftp://demo.example/'])('is never %s', (wrong) => {
    const page = `http://10.0.0.7/?wall=${encodeURIComponent(wrong)}`;
    expect(joinAddress(page)).toEqual({ href: 'http://10.0.0.7/', isLocal: false, wrong });
  });
});
