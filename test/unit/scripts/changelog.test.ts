import { describe, expect, it } from 'vitest';
import { findSection, releaseEntries } from '../../../scripts/release/changelog.js';

const CHANGELOG = `# Changelog

## Unreleased

### Added
- A door.

## 0.1.0 - 2026-01-02

- A house.
`;

describe('the changelog', () => {
  it('has a section for what is not released, and one for each version', () => {
    expect(findSection(CHANGELOG, 'Unreleased')).toEqual({ date: undefined, entries: '### Added\n- A door.' });
    expect(findSection(CHANGELOG, '0.1.0')).toEqual({ date: '2026-01-02', entries: '- A house.' });
    expect(findSection(CHANGELOG, '0.1')).toBeUndefined();
  });

  it('gets a section for a release, and an empty one for what comes next', () => {
    const released = releaseEntries(CHANGELOG, '0.2.0', '2026-03-04');
    expect(findSection(released, 'Unreleased')?.entries).toBe('');
    expect(findSection(released, '0.2.0')).toEqual({ date: '2026-03-04', entries: '### Added\n- A door.' });
    expect(released.replace('## 0.2.0 - 2026-03-04\n\n', '')).toBe(CHANGELOG);
  });
});
