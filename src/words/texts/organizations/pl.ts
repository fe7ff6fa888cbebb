// Tryb rozkazujący, bez „Pan” i „Pani”.
import type { en } from './en.ts'

export const pl = {
  'orgs.title': 'Twoje organizacje',
  'orgs.choose': 'Wybierz organizację',
  'orgs.lead': 'Na tym urządzeniu trwa sesja w:',
  'orgs.here': '<b>{organization}</b>, jako {name} (teraz)',
  'orgs.continue': 'Kontynuuj w {organization}, jako {name}',
  'orgs.switch': 'Przełącz na {organization}, jako {name}',
  'orgs.signInAt': 'Zaloguj się w {organization}, jako {name}',
  'orgs.another': 'Zaloguj się w innej organizacji',
  'orgs.signOutAll': 'Wyloguj się ze wszystkich',
  'orgs.links': 'Powiązane konta',
  'orgs.linksText':
    'Konta powiązane z Twoim w {organization} są tu proponowane na każdym urządzeniu. Żadna organizacja nie dowie się, że masz konto gdzie indziej.',
  'orgs.link': 'Powiąż z {organization}',
  'orgs.unlink': 'Usuń powiązanie z {organization}',
  'orgs.ended': 'Ta sesja się zakończyła',
  'orgs.endedText': 'Zaloguj się tam ponownie.',
  'orgs.linked': 'Konta są powiązane',
  'orgs.linkedText': 'Żadna z organizacji nie jest o tym powiadamiana.',
  'orgs.unlinked': 'Konta nie są już powiązane',
  'orgs.unlinkedText': 'Twoje sesje trwają nadal.',
  'orgs.proveThere': 'Potwierdź tożsamość także tam',
  'orgs.proveThereText': 'Przełącz się tam, potwierdź, że to Ty, i powiąż konta w ciągu dziesięciu minut.',
  'orgs.sendNow': 'Wysłać formularz teraz?',
  'orgs.sendNowLead': 'Nic jeszcze nie wysłano. Kontynuuj tylko wtedy, gdy wypełniono to osobiście.',
  'orgs.send': 'Wyślij formularz',
  'orgs.cancel': 'Anuluj',
} as const satisfies Record<keyof typeof en, string>
