// Mit „Sie“.
import type { en } from './en.ts'

export const de = {
  'frame.skip': 'Zum Inhalt springen',
  'frame.optional': '(freiwillig)',
  'frame.reference': 'Referenz',
  'frame.about': 'Über diesen Dienst',
  'frame.help': 'Hilfe',
  'frame.privacy': 'Datenschutz',
  'frame.terms': 'Nutzungsbedingungen',
  'frame.support': 'Support: {contact}',
  'frame.continue': 'Weiter',
  'frame.signIn': 'Anmelden',
  'frame.backToSignIn': 'Zurück zur Anmeldung',
  'frame.askForAccess': 'Zugriff anfragen',
  'fault.invalid.title': 'Das hat nicht geklappt',
  'fault.invalid.advice':
    'Etwas an der Anfrage war nicht so, wie wir es erwarten. Gehen Sie zurück, prüfen Sie Ihre Eingabe und versuchen Sie es noch einmal.',
  'fault.unauthenticated.title': 'Bitte melden Sie sich an',
  'fault.unauthenticated.advice':
    'Sie sind nicht oder nicht mehr angemeldet. Melden Sie sich an und versuchen Sie es noch einmal.',
  'fault.forbidden.title': 'Darauf haben Sie keinen Zugriff',
  'fault.forbidden.advice':
    'Wenn Sie ihn für Ihre Arbeit brauchen, wenden Sie sich an die Administration Ihrer Organisation.',
  'fault.not_found.title': 'Hier ist nichts',
  'fault.not_found.advice':
    'Der Link ist vielleicht alt oder enthält einen Tippfehler. Prüfen Sie die Adresse oder gehen Sie dorthin zurück, woher Sie kamen.',
  'fault.conflict.title': 'Das ist schon vergeben',
  'fault.conflict.advice':
    'Ihre Eingabe widerspricht etwas, das es bereits gibt. Gehen Sie zurück und wählen Sie etwas anderes.',
  'fault.precondition_failed.title': 'Jemand war schneller',
  'fault.precondition_failed.advice':
    'Das wurde inzwischen geändert. Gehen Sie zurück, laden Sie die Seite neu und nehmen Sie Ihre Änderung noch einmal vor.',
  'fault.against_policy.title': 'Ihre Organisation lässt das nicht zu',
  'fault.against_policy.advice':
    'Gehen Sie zurück und wählen Sie einen anderen Weg, oder fragen Sie die Administration nach der Regel.',
  'fault.precondition_required.title': 'Das muss bestätigt werden',
  'fault.precondition_required.advice':
    'Gehen Sie zurück, sehen Sie sich an, was die Änderung bewirken würde, und bestätigen Sie sie.',
  'fault.too_large.title': 'Das war zu viel',
  'fault.too_large.advice': 'Gehen Sie zurück und senden Sie weniger auf einmal.',
  'fault.too_many.title': 'Zu viele Versuche',
  'fault.too_many.advice': 'Warten Sie eine Minute und versuchen Sie es dann noch einmal.',
  'fault.unavailable.title': 'Wir sind gleich wieder da',
  'fault.unavailable.advice':
    'Der Dienst ist im Moment nicht erreichbar. Warten Sie ein paar Sekunden und laden Sie die Seite dann neu.',
  'fault.internal.title': 'Bei uns ist etwas schiefgegangen',
  'fault.internal.advice':
    'Es liegt nicht an Ihnen. Versuchen Sie es noch einmal; wenn es wieder passiert, geben Sie Ihrer Administration die Referenz unten.',
} as const satisfies Record<keyof typeof en, string>
