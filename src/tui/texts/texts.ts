// Texts: the screen's texts in each language.
import type { Language } from '../../shared/protocol/messages.js';
import { en, type Texts } from './en.js';
import { pt } from './pt.js';

export type { HelpGroup, Texts } from './en.js';

export const TEXTS: Record<Language, Texts> = { en, 'pt-BR': pt };
