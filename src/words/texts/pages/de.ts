// Mit „Sie“.
import type { en } from './en.ts'

export const de = {
  'welcome.title': 'Willkommen bei {organization}',
  'welcome.lead': '{inviter} lädt Sie ein, als {email}.',
  'welcome.name': 'Ihr Name',
  'welcome.passkey': 'Mit einem Passkey annehmen',
  'welcome.link': 'Mit meinem Konto bei {organization} verknüpfen',
  'welcome.linkHint': 'Keine der beiden Organisationen erfährt davon.',
  'welcome.noScript': 'Für die Annahme mit einem Passkey sind Skripte nötig, die in diesem Browser ausgeschaltet sind.',
  'welcome.other': 'Diese Einladung ist für jemand anderen',
  'welcome.otherLead': 'Sie ist für {email}, und Sie sind als {name} angemeldet.',
  'welcome.otherText':
    'Wenn beides Sie sind, melden Sie sich hier zuerst ab. Überlassen Sie die Einladung sonst der Person, für die sie ist.',
  'welcome.signOut': 'Abmelden und fortfahren',
  'welcome.stay': 'Als {name} angemeldet bleiben',
  'welcome.expired': 'Diese Einladung ist abgelaufen',
  'welcome.expiredAsk': 'Bitten Sie {inviter} um eine neue; das ist mit einem Klick getan.',
  'welcome.expiredAskAnybody':
    'Bitten Sie die Administration von {organization} um eine neue; das ist mit einem Klick getan.',
  'welcome.accepted': 'Diese Einladung wurde angenommen',
  'welcome.acceptedAdvice': 'Sie funktioniert einmal. Wenn Sie das waren, melden Sie sich an.',
  'welcome.withdrawn': 'Diese Einladung wurde zurückgezogen',
  'welcome.withdrawnAsk': 'Wenn Sie das für einen Irrtum halten, fragen Sie {inviter}.',
  'welcome.withdrawnAskAnybody':
    'Wenn Sie das für einen Irrtum halten, fragen Sie die Administration von {organization}.',
  'welcome.unknown': 'Diese Einladung ist ungültig',
  'welcome.unknownAdvice':
    'Vielleicht ist der Link unvollständig oder durch eine neuere E-Mail ersetzt. Nehmen Sie den Link aus der letzten E-Mail oder bitten Sie um eine neue Einladung.',
  'undo.title': 'Diese Anmeldung rückgängig machen?',
  'undo.text':
    'Über <b>{connection}</b> kann sich jemand als Sie anmelden. Wenn Sie das nicht sind, machen Sie es rückgängig: Wer so hereingekommen ist, wird sofort abgemeldet.',
  'undo.submit': 'Rückgängig machen',
  'undo.aside': 'Wenn Sie es sind, schließen Sie diese Seite; es hat sich nichts geändert.',
  'undo.done': 'Rückgängig gemacht',
  'undo.doneLead': 'So meldet sich niemand mehr als Sie an, und wer es getan hatte, ist abgemeldet.',
  'undo.doneText': 'Informieren Sie Ihre Administration, und wählen Sie ein neues Passwort, wenn Sie hier eines haben.',
  'undo.overAdvice':
    'Er wurde benutzt oder ist älter als eine Woche. Melden Sie sich an und sehen Sie auf Ihrer Kontoseite unter Sicherheit nach, oder fragen Sie Ihre Administration.',
  'device.title': 'Auf einem Gerät anmelden',
  'device.lead':
    'Geben Sie den Code ein, den das Gerät oder Programm vor Ihnen zeigt. Wenn Ihnen jemand anderes den Code gegeben hat, fahren Sie nicht fort: Diese Person wäre als Sie angemeldet.',
  'device.unknown': 'Kein Gerät wartet (noch) auf diesen Code. Prüfen Sie ihn oder beginnen Sie dort neu.',
  'device.confirm': 'Dort bei {application} anmelden?',
  'device.confirmLead':
    '{application} kann dann auf einem Gerät, das diesen Code zeigt, für {who} handeln. Fahren Sie nur fort, wenn dieses Gerät vor Ihnen steht und Sie dies dort gerade begonnen haben.',
  'device.submit': 'Dort anmelden',
  'device.refuse': 'Ablehnen',
  'device.refused': 'Anmeldung abgelehnt',
  'device.refusedLead': 'Dem Gerät wurde mitgeteilt, dass es nicht angemeldet ist. Sie können diese Seite schließen.',
  'device.done': 'Sie sind dort angemeldet',
  'device.doneLead': '{application} macht in wenigen Sekunden von selbst weiter. Sie können diese Seite schließen.',
  'device.toAccount': 'Mein Konto öffnen',
  'goOn.title': 'Weiter zu {application}?',
  'goOn.lead':
    'Ein Programm auf diesem Gerät gibt an, {application} zu sein, und möchte dort für {who} handeln. Fahren Sie nur fort, wenn Sie es gerade selbst gestartet haben.',
  'signOut.title': 'Abmelden?',
  'signOut.lead': 'Sie werden hier und in allen Anwendungen abgemeldet, die Sie über diese Anmeldung nutzen.',
  'signOut.leadAsked':
    '{application} möchte Sie abmelden. Sie werden in allen Anwendungen abgemeldet, die Sie über diese Anmeldung nutzen.',
  'signOut.submit': 'Abmelden',
  'signOut.stay': 'Angemeldet bleiben',
  'signedOut.title': 'Sie sind abgemeldet',
  'signedOut.lead': 'Schließen Sie das Fenster, wenn dies nicht Ihr eigenes Gerät ist.',
  'signedOut.everywhere': 'Ihre Sitzung hier und bei Ihrem Identitätsanbieter ist beendet.',
  'signedOut.elsewhere':
    'Auf diesem Gerät sind Sie noch bei einer anderen Organisation angemeldet. <link>Anzeigen, wo</link>',
  'signedOut.again': 'Erneut anmelden',
  'leaving.title': 'Sie sind hier abgemeldet',
  'leaving.lead': 'Als Nächstes meldet Sie auch die Anmeldung Ihres Unternehmens ab.',
} as const satisfies Record<keyof typeof en, string>
