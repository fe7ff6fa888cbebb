// Mit „Sie“.
import type { en } from './en.ts'

export const de = {
  'orgs.title': 'Ihre Organisationen',
  'orgs.choose': 'Organisation wählen',
  'orgs.lead': 'Auf diesem Gerät sind Sie angemeldet bei:',
  'orgs.here': '<b>{organization}</b>, als {name} (jetzt)',
  'orgs.continue': 'Weiter bei {organization}, als {name}',
  'orgs.switch': 'Zu {organization} wechseln, als {name}',
  'orgs.signInAt': 'Bei {organization} anmelden, als {name}',
  'orgs.another': 'Bei einer anderen Organisation anmelden',
  'orgs.signOutAll': 'Von allen abmelden',
  'orgs.links': 'Verknüpfte Konten',
  'orgs.linksText':
    'Konten, die mit Ihrem bei {organization} verknüpft sind, werden hier auf jedem Gerät angeboten. Keine Organisation erfährt, dass Sie anderswo ein Konto haben.',
  'orgs.link': 'Mit {organization} verknüpfen',
  'orgs.unlink': 'Verknüpfung mit {organization} aufheben',
  'orgs.ended': 'Diese Sitzung ist beendet',
  'orgs.endedText': 'Melden Sie sich dort erneut an.',
  'orgs.linked': 'Die Konten sind verknüpft',
  'orgs.linkedText': 'Keine der beiden Organisationen erfährt davon.',
  'orgs.unlinked': 'Die Konten sind nicht mehr verknüpft',
  'orgs.unlinkedText': 'Ihre Sitzungen bleiben bestehen.',
  'orgs.proveThere': 'Weisen Sie sich auch dort aus',
  'orgs.proveThereText':
    'Wechseln Sie dorthin, bestätigen Sie, dass Sie es sind, und verknüpfen Sie die Konten innerhalb von zehn Minuten.',
  'orgs.sendNow': 'Formular jetzt senden?',
  'orgs.sendNowLead': 'Es wurde noch nichts gesendet. Fahren Sie nur fort, wenn Sie dies selbst ausgefüllt haben.',
  'orgs.send': 'Formular senden',
  'orgs.cancel': 'Abbrechen',
} as const satisfies Record<keyof typeof en, string>
