// All texts, by language. A language that lacks one, or has one too many, does not compile.

import { ar as accountAr } from './account/ar.ts'
import { de as accountDe } from './account/de.ts'
import { en as accountEn } from './account/en.ts'
import { es as accountEs } from './account/es.ts'
import { fr as accountFr } from './account/fr.ts'
import { it as accountIt } from './account/it.ts'
import { ja as accountJa } from './account/ja.ts'
import { nl as accountNl } from './account/nl.ts'
import { pl as accountPl } from './account/pl.ts'
import { ptBR as accountBr } from './account/pt-BR.ts'
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
import { ar as organizationsAr } from './organizations/ar.ts'
import { de as organizationsDe } from './organizations/de.ts'
import { en as organizationsEn } from './organizations/en.ts'
import { es as organizationsEs } from './organizations/es.ts'
import { fr as organizationsFr } from './organizations/fr.ts'
import { it as organizationsIt } from './organizations/it.ts'
import { ja as organizationsJa } from './organizations/ja.ts'
import { nl as organizationsNl } from './organizations/nl.ts'
import { pl as organizationsPl } from './organizations/pl.ts'
import { ptBR as organizationsBr } from './organizations/pt-BR.ts'
import { ar as pagesAr } from './pages/ar.ts'
import { de as pagesDe } from './pages/de.ts'
import { en as pagesEn } from './pages/en.ts'
import { es as pagesEs } from './pages/es.ts'
import { fr as pagesFr } from './pages/fr.ts'
import { it as pagesIt } from './pages/it.ts'
import { ja as pagesJa } from './pages/ja.ts'
import { nl as pagesNl } from './pages/nl.ts'
import { pl as pagesPl } from './pages/pl.ts'
import { ptBR as pagesBr } from './pages/pt-BR.ts'
import { ar as securityAr } from './security/ar.ts'
import { de as securityDe } from './security/de.ts'
import { en as securityEn } from './security/en.ts'
import { es as securityEs } from './security/es.ts'
import { fr as securityFr } from './security/fr.ts'
import { it as securityIt } from './security/it.ts'
import { ja as securityJa } from './security/ja.ts'
import { nl as securityNl } from './security/nl.ts'
import { pl as securityPl } from './security/pl.ts'
import { ptBR as securityBr } from './security/pt-BR.ts'
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

export type TextKey =
  | keyof typeof accountEn
  | keyof typeof frameEn
  | keyof typeof mailEn
  | keyof typeof organizationsEn
  | keyof typeof pagesEn
  | keyof typeof securityEn
  | keyof typeof signInEn

export const texts: Record<Language, Record<TextKey, string>> = {
  en: { ...accountEn, ...frameEn, ...mailEn, ...organizationsEn, ...pagesEn, ...securityEn, ...signInEn },
  de: { ...accountDe, ...frameDe, ...mailDe, ...organizationsDe, ...pagesDe, ...securityDe, ...signInDe },
  fr: { ...accountFr, ...frameFr, ...mailFr, ...organizationsFr, ...pagesFr, ...securityFr, ...signInFr },
  es: { ...accountEs, ...frameEs, ...mailEs, ...organizationsEs, ...pagesEs, ...securityEs, ...signInEs },
  'pt-BR': { ...accountBr, ...frameBr, ...mailBr, ...organizationsBr, ...pagesBr, ...securityBr, ...signInBr },
  it: { ...accountIt, ...frameIt, ...mailIt, ...organizationsIt, ...pagesIt, ...securityIt, ...signInIt },
  nl: { ...accountNl, ...frameNl, ...mailNl, ...organizationsNl, ...pagesNl, ...securityNl, ...signInNl },
  pl: { ...accountPl, ...framePl, ...mailPl, ...organizationsPl, ...pagesPl, ...securityPl, ...signInPl },
  ja: { ...accountJa, ...frameJa, ...mailJa, ...organizationsJa, ...pagesJa, ...securityJa, ...signInJa },
  ar: { ...accountAr, ...frameAr, ...mailAr, ...organizationsAr, ...pagesAr, ...securityAr, ...signInAr },
}
