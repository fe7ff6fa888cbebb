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
import { ar as mailAr } from './mail/ar.ts'
import { de as mailDe } from './mail/de.ts'
import { en as mailEn } from './mail/en.ts'
import { es as mailEs } from './mail/es.ts'
import { fr as mailFr } from './mail/fr.ts'
import { it as mailIt } from './mail/it.ts'
import { ja as mailJa } from './mail/ja.ts'
import { nl as mailNl } from './mail/nl.ts'
import { pl as mailPl } from './mail/pl.ts'
import { ptBR as mailBr } from './mail/pt-BR.ts'
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

export type TextKey = keyof typeof frameEn | keyof typeof mailEn | keyof typeof signInEn

export const texts: Record<Language, Record<TextKey, string>> = {
  en: { ...frameEn, ...mailEn, ...signInEn },
  de: { ...frameDe, ...mailDe, ...signInDe },
  fr: { ...frameFr, ...mailFr, ...signInFr },
  es: { ...frameEs, ...mailEs, ...signInEs },
  'pt-BR': { ...frameBr, ...mailBr, ...signInBr },
  it: { ...frameIt, ...mailIt, ...signInIt },
  nl: { ...frameNl, ...mailNl, ...signInNl },
  pl: { ...framePl, ...mailPl, ...signInPl },
  ja: { ...frameJa, ...mailJa, ...signInJa },
  ar: { ...frameAr, ...mailAr, ...signInAr },
}
