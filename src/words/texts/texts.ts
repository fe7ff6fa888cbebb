// All texts, by language. A language that lacks one, or has one too many, does not compile.

import { ar as frameAr } from './frame/ar.ts'
import { de as frameDe } from './frame/de.ts'
import { en as frameEn } from './frame/en.ts'
import { es as frameEs } from './frame/es.ts'
import { fr as frameFr } from './frame/fr.ts'
import { it as frameIt } from './frame/it.ts'
import { ja as frameJa } from './frame/ja.ts'
import { nl as frameNl } from './frame/nl.ts'
import { pl as framePl } from './frame/pl.ts'
import { ptBR as frameBr } from './frame/pt-BR.ts'
import type { Language } from './languages.ts'
import { ar as signInAr } from './sign-in/ar.ts'
import { de as signInDe } from './sign-in/de.ts'
import { en as signInEn } from './sign-in/en.ts'
import { es as signInEs } from './sign-in/es.ts'
import { fr as signInFr } from './sign-in/fr.ts'
import { it as signInIt } from './sign-in/it.ts'
import { ja as signInJa } from './sign-in/ja.ts'
import { nl as signInNl } from './sign-in/nl.ts'
import { pl as signInPl } from './sign-in/pl.ts'
import { ptBR as signInBr } from './sign-in/pt-BR.ts'

export type TextKey = keyof typeof frameEn | keyof typeof signInEn

export const texts: Record<Language, Record<TextKey, string>> = {
  en: { ...frameEn, ...signInEn },
  de: { ...frameDe, ...signInDe },
  fr: { ...frameFr, ...signInFr },
  es: { ...frameEs, ...signInEs },
  'pt-BR': { ...frameBr, ...signInBr },
  it: { ...frameIt, ...signInIt },
  nl: { ...frameNl, ...signInNl },
  pl: { ...framePl, ...signInPl },
  ja: { ...frameJa, ...signInJa },
  ar: { ...frameAr, ...signInAr },
}
