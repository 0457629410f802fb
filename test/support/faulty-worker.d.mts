export const FAULTS: Record<'exits' | 'throws' | 'throwsLater' | 'hangs' | 'isMute', number>;
