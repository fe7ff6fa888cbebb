// Mit „Sie“.
import type { en } from './en.ts'

export const de = {
  'mail.administrator': 'Die Administration von {organization}',
  'mail.held': '{role} in {place}',
  'mail.heldUntil': '{role} in {place} bis {time}',
  'invitation.subject': 'Einladung zu {organization}',
  'invitation.lead': '{inviter} lädt Sie zu {organization} ein.',
  'invitation.roles': 'Ihre Rollen: {roles}.',
  'invitation.allowed': 'Als Ausnahme dürfen Sie: {permissions}.',
  'invitation.denied': 'Als Ausnahme dürfen Sie nicht: {permissions}.',
  'invitation.choose':
    'Öffnen Sie den Link und wählen Sie ein Passwort oder einen Passkey, um Ihr Konto einzurichten. Danach melden Sie sich mit dieser E-Mail-Adresse an.',
  'invitation.provider':
    'Sie brauchen kein neues Passwort: Öffnen Sie den Link und melden Sie sich wie bei Ihrer übrigen Arbeit über {provider} an.',
  'invitation.action': 'Einladung annehmen',
  'invitation.closing':
    'Der Link ist nur für Sie bestimmt, funktioniert einmal und gilt bis {time}. Wenn Sie diese Einladung nicht erwartet haben, müssen Sie nichts tun.',
  'newPassword.subject': 'Neues Passwort für {organization} wählen',
  'newPassword.lead':
    'Jemand, vermutlich Sie selbst, hat ein neues Passwort für {name} bei {organization} angefordert.',
  'newPassword.action': 'Neues Passwort wählen',
  'newPassword.closing':
    'Der Link funktioniert einmal, {minutes, plural, one {# Minute} other {# Minuten}} lang. Wenn Sie ihn nicht angefordert haben, tun Sie nichts: Ihr Passwort bleibt, wie es ist.',
  'passwordChanged.subject': 'Ihr Passwort für {organization} wurde geändert',
  'passwordChanged.lead':
    'Das Passwort von {name} bei {organization} wurde soeben geändert; überall sonst wurden Sie abgemeldet.',
  'passwordChanged.closing':
    'Wenn Sie das waren, ist nichts zu tun. Wenn nicht, wählen Sie unter {url} ein neues Passwort und informieren Sie Ihre Administration.',
  'newAddress.subject': 'Neue Adresse bei {organization} bestätigen',
  'newAddress.lead': '{name} bei {organization} möchte sich künftig mit dieser Adresse anmelden.',
  'newAddress.action': 'Adresse bestätigen',
  'newAddress.closing':
    'Der Link funktioniert einmal, {hours, plural, one {# Stunde} other {# Stunden}} lang, dort, wo {name} angemeldet ist. Wenn Sie ihn nicht erwartet haben, tun Sie nichts.',
  'addressChanged.subject': 'Ihre Adresse bei {organization} wurde geändert',
  'addressChanged.lead':
    '{name} bei {organization} meldet sich ab jetzt mit {email} an, nicht mehr mit dieser Adresse.',
  'addressChanged.closing': 'Wenn Sie das nicht waren, informieren Sie sofort Ihre Administration.',
  'linked.subject': '{connection} kann Sie ab jetzt bei {organization} anmelden',
  'linked.lead':
    'Eine Anmeldung über {connection} wurde soeben mit {name} bei {organization} verknüpft. Wer dort dieses Konto hat, kann sich als Sie anmelden.',
  'linked.action': 'Das war ich nicht: rückgängig machen',
  'linked.closing':
    'Wenn Sie das erwartet haben, ist nichts zu tun. Der Link entfernt die Anmeldung und funktioniert einmal, {days, plural, one {# Tag} other {# Tage}} lang; es geschieht nichts, bevor Sie es dort bestätigen.',
  'ending.subject': 'Ihr Zugriff auf {place} endet am {date}',
  'ending.subjectOf': 'Der Zugriff von {holder} auf {place} endet am {date}',
  'ending.lead': 'Am {time} endet Ihre Zuweisung: {role} in {place}. Was sie erlaubt, wird von da an abgelehnt.',
  'ending.leadOf':
    'Am {time} endet die Zuweisung von {holder}: {role} in {place}. Was sie erlaubt, wird von da an abgelehnt.',
  'ending.action': 'Zuweisung verlängern',
  'ending.closing': 'Wenn Sie sie länger brauchen, wenden Sie sich an Ihre Administration, die das Ende ändern kann.',
  'ending.closingOf':
    'Sie sind als Verantwortliche oder Verantwortlicher eingetragen. Wird die Zuweisung länger gebraucht, ändern Sie das Ende oder bitten Sie die Administration darum. Andernfalls ist nichts zu tun.',
  'inactive.subject': 'Ihr Konto bei {organization} wird am {date} deaktiviert',
  'inactive.lead':
    'Ihr Konto bei {organization} wurde seit {since} nicht benutzt. Bleibt es dabei, wird es am {time} deaktiviert: Sie können sich dann nicht mehr anmelden, und Ihre Sitzungen enden.',
  'inactive.keep': 'Um es zu behalten, melden Sie sich vorher einmal an. Mehr ist nicht zu tun.',
  'inactive.closing':
    'Wenn Sie das Konto nicht mehr brauchen, ist nichts zu tun. Die Administration kann es wieder aktivieren.',
  'changed.subject': 'Ihr Zugriff bei {organization} hat sich geändert',
  'changed.roleGiven':
    '{who} hat Ihnen die Rolle {role} in {place} gegeben{ends, select, yes {, bis {time}} other {}}{replaces, select, yes {, anstelle von {former}} other {}}.',
  'changed.roleTaken': '{who} hat Ihnen die Rolle {role} in {place} entzogen.',
  'changed.roleMoved':
    '{who} hat das Ende der Rolle {role} in {place} geändert: Sie haben sie {ends, select, yes {bis {time}} other {ohne Ende}}.',
  'changed.allowGiven':
    '{who} hat Ihnen die Berechtigung {permission} in {place} gegeben{ends, select, yes {, bis {time}} other {}}.',
  'changed.allowTaken': '{who} hat Ihnen die Berechtigung {permission} in {place} entzogen.',
  'changed.allowMoved':
    '{who} hat das Ende der Berechtigung {permission} in {place} geändert: Sie haben sie {ends, select, yes {bis {time}} other {ohne Ende}}.',
  'changed.denyGiven':
    '{who} hat Ihnen die Berechtigung {permission} in {place} entzogen{ends, select, yes {, bis {time}} other {}}.',
  'changed.denyTaken': '{who} hat Ihnen die Berechtigung {permission} in {place} zurückgegeben.',
  'changed.denyMoved':
    '{who} hat geändert, bis wann Ihnen die Berechtigung {permission} in {place} fehlt: {ends, select, yes {bis {time}} other {ohne Ende}}.',
  'changed.action': 'Meinen Zugriff ansehen',
  'changed.closing':
    'Sie erhalten diese Nachricht, weil sich geändert hat, was Sie tun dürfen. Wenn etwas nicht stimmt, fragen Sie Ihre Administration.',
  'digest.lead': 'Seit {time} hat sich bei {organization} Folgendes an Ihrem Zugriff geändert:',
  'digest.gained': 'Sie haben jetzt {role} in {place}, durch: {through}.',
  'digest.lost': 'Sie haben {role} in {place} nicht mehr. Das kam durch: {through}.',
  'digest.withheld': 'Die Regel {rule} enthält Ihnen {role} in {place} vor. Sie hätten die Rolle durch: {through}.',
  'digest.allowCounts': 'Ihre eigene Berechtigung {permission} in {place} gilt jetzt, da Sie dort eine Rolle haben.',
  'digest.allowPauses':
    'Ihre eigene Berechtigung {permission} in {place} gilt nicht mehr, da Sie dort keine Rolle haben.',
  'digest.denyCounts': 'Dass {permission} in {place} nur Ihnen verwehrt ist, gilt jetzt, da Sie dort eine Rolle haben.',
  'digest.denyPauses':
    'Dass {permission} in {place} nur Ihnen verwehrt ist, gilt nicht mehr, da Sie dort keine Rolle haben.',
  'digest.roleAllows': 'Die Rolle {role} erlaubt jetzt: {permissions}.',
  'digest.roleRefuses': 'Die Rolle {role} erlaubt nicht mehr: {permissions}.',
  'digest.by': 'Geändert von {name}.',
  'digest.more': 'Und {count, plural, one {# weitere Änderung} other {# weitere Änderungen}}.',
  'through.direct': 'direkt: {reason}',
  'through.team': 'Team {name}',
  'through.filter': 'Filter {filter}',
  'through.group': 'Gruppe {name}',
  'through.inside': '{name} in {outer}',
} as const satisfies Record<keyof typeof en, string>
