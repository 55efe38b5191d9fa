import { inject } from 'vitest';
import { scenario } from '../scenario.ts';
import { definitionOf, nameOf } from './definition-of.ts';
import './settings.ts';

/** The scenario of `rollproof verify`. */

const settings = inject('verify');
if (settings !== null && settings !== undefined) scenario(nameOf(settings), definitionOf(settings));
