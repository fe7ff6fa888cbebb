// Vouvoiement.
import type { en } from './en.ts'

export const fr = {
  'mail.administrator': 'Un administrateur de {organization}',
  'mail.held': '{role} dans {place}',
  'mail.heldUntil': '{role} dans {place} jusqu’au {time}',
  'invitation.subject': 'Invitation à rejoindre {organization}',
  'invitation.lead': '{inviter} vous invite à rejoindre {organization}.',
  'invitation.roles': 'Vos rôles : {roles}.',
  'invitation.allowed': 'À titre d’exception, vous êtes autorisé à : {permissions}.',
  'invitation.denied': 'À titre d’exception, vous n’êtes pas autorisé à : {permissions}.',
  'invitation.choose':
    'Pour créer votre compte, ouvrez le lien et choisissez un mot de passe ou une clé d’accès. Ensuite, vous vous connectez avec cette adresse e-mail.',
  'invitation.provider':
    'Aucun nouveau mot de passe n’est nécessaire : ouvrez le lien et connectez-vous avec {provider}, comme pour le reste de votre travail.',
  'invitation.action': 'Accepter l’invitation',
  'invitation.closing':
    'Ce lien est pour vous seul, ne fonctionne qu’une fois et reste valable jusqu’au {time}. Si vous n’attendiez pas ce message, vous n’avez rien à faire.',
  'newPassword.subject': 'Choisissez un nouveau mot de passe pour {organization}',
  'newPassword.lead': 'Quelqu’un, sans doute vous, a demandé un nouveau mot de passe pour {name} chez {organization}.',
  'newPassword.action': 'Choisir un nouveau mot de passe',
  'newPassword.closing':
    'Le lien fonctionne une fois, pendant {minutes, plural, one {# minute} many {# minutes} other {# minutes}}. Si vous ne l’avez pas demandé, ne faites rien : votre mot de passe reste inchangé.',
  'passwordChanged.subject': 'Votre mot de passe pour {organization} a été modifié',
  'passwordChanged.lead':
    'Le mot de passe de {name} chez {organization} vient d’être modifié, et vous avez été déconnecté partout ailleurs.',
  'passwordChanged.closing':
    'Si c’était vous, vous n’avez rien à faire. Sinon, choisissez un nouveau mot de passe sur {url} et prévenez votre administrateur.',
  'newAddress.subject': 'Confirmez votre nouvelle adresse chez {organization}',
  'newAddress.lead': '{name} chez {organization} souhaite désormais se connecter avec cette adresse.',
  'newAddress.action': 'Confirmer l’adresse',
  'newAddress.closing':
    'Le lien fonctionne une fois, pendant {hours, plural, one {# heure} many {# heures} other {# heures}}, là où {name} est connecté. Si vous ne l’attendiez pas, ne faites rien.',
  'addressChanged.subject': 'Votre adresse chez {organization} a été modifiée',
  'addressChanged.lead':
    '{name} chez {organization} se connecte désormais avec {email}, et non plus avec cette adresse.',
  'addressChanged.closing': 'Si ce n’était pas vous, prévenez votre administrateur immédiatement.',
  'linked.subject': '{connection} peut désormais vous connecter à {organization}',
  'linked.lead':
    'Une connexion par {connection} vient d’être associée à {name} chez {organization}. Quiconque possède ce compte peut se connecter à votre place.',
  'linked.action': 'Ce n’était pas moi : annuler',
  'linked.closing':
    'Si vous vous y attendiez, vous n’avez rien à faire. Le lien supprime cette connexion et fonctionne une fois, pendant {days, plural, one {# jour} many {# jours} other {# jours}} ; rien ne se passe avant votre confirmation.',
  'ending.subject': 'Votre accès à {place} prend fin le {date}',
  'ending.subjectOf': 'L’accès de {holder} à {place} prend fin le {date}',
  'ending.lead':
    'Votre affectation prend fin le {time} : {role} dans {place}. Ce qu’elle permet est refusé à partir de ce moment.',
  'ending.leadOf':
    'L’affectation de {holder} prend fin le {time} : {role} dans {place}. Ce qu’elle permet est refusé à partir de ce moment.',
  'ending.action': 'Prolonger l’affectation',
  'ending.closing':
    'Si vous en avez besoin plus longtemps, adressez-vous à votre administrateur, qui peut changer la date de fin.',
  'ending.closingOf':
    'Vous êtes désigné comme responsable. Si l’affectation est nécessaire plus longtemps, changez la date de fin ou demandez-le à un administrateur. Sinon, vous n’avez rien à faire.',
  'inactive.subject': 'Votre compte chez {organization} sera désactivé le {date}',
  'inactive.lead':
    'Votre compte chez {organization} n’a pas été utilisé depuis le {since}. Si rien ne change, il sera désactivé le {time} : vous ne pourrez plus vous connecter, et vos sessions prendront fin.',
  'inactive.keep': 'Pour le conserver, connectez-vous une fois avant cette date. Il n’y a rien d’autre à faire.',
  'inactive.closing':
    'Si vous n’avez plus besoin du compte, vous n’avez rien à faire. Un administrateur peut le réactiver.',
  'changed.subject': 'Votre accès chez {organization} a changé',
  'changed.roleGiven':
    '{who} vous a donné le rôle {role} dans {place}{ends, select, yes { jusqu’au {time}} other {}}{replaces, select, yes {, à la place de {former}} other {}}.',
  'changed.roleTaken': '{who} vous a retiré le rôle {role} dans {place}.',
  'changed.roleMoved':
    '{who} a changé la fin du rôle {role} dans {place} : vous l’avez {ends, select, yes {jusqu’au {time}} other {sans date de fin}}.',
  'changed.allowGiven':
    '{who} vous a donné l’autorisation {permission} dans {place}{ends, select, yes { jusqu’au {time}} other {}}.',
  'changed.allowTaken': '{who} vous a retiré l’autorisation {permission} dans {place}.',
  'changed.allowMoved':
    '{who} a changé la fin de l’autorisation {permission} dans {place} : vous l’avez {ends, select, yes {jusqu’au {time}} other {sans date de fin}}.',
  'changed.denyGiven':
    '{who} vous a retiré l’autorisation {permission} dans {place}{ends, select, yes { jusqu’au {time}} other {}}.',
  'changed.denyTaken': '{who} vous a rendu l’autorisation {permission} dans {place}.',
  'changed.denyMoved':
    '{who} a changé jusqu’à quand l’autorisation {permission} dans {place} vous est retirée : {ends, select, yes {jusqu’au {time}} other {sans date de fin}}.',
  'changed.action': 'Voir mes accès',
  'changed.closing':
    'Vous recevez ce message parce que vos droits ont changé. Si quelque chose semble incorrect, adressez-vous à votre administrateur.',
  'digest.lead': 'Depuis le {time}, voici ce qui a changé dans vos droits chez {organization} :',
  'digest.gained': 'Vous avez maintenant {role} dans {place}, par : {through}.',
  'digest.lost': 'Vous n’avez plus {role} dans {place}. Cela venait de : {through}.',
  'digest.withheld': 'La règle {rule} vous refuse {role} dans {place}. Vous l’auriez par : {through}.',
  'digest.allowCounts':
    'Votre autorisation personnelle {permission} dans {place} s’applique maintenant, car vous y avez un rôle.',
  'digest.allowPauses':
    'Votre autorisation personnelle {permission} dans {place} ne s’applique plus, car vous n’y avez plus de rôle.',
  'digest.denyCounts':
    'Le refus personnel de {permission} dans {place} s’applique maintenant, car vous y avez un rôle.',
  'digest.denyPauses':
    'Le refus personnel de {permission} dans {place} ne s’applique plus, car vous n’y avez plus de rôle.',
  'digest.roleAllows': 'Le rôle {role} permet maintenant : {permissions}.',
  'digest.roleRefuses': 'Le rôle {role} ne permet plus : {permissions}.',
  'digest.by': 'Modifié par {name}.',
  'digest.more':
    'Et {count, plural, one {# autre changement} many {# autres changements} other {# autres changements}}.',
  'through.direct': 'directement : {reason}',
  'through.team': 'équipe {name}',
  'through.filter': 'filtre {filter}',
  'through.group': 'groupe {name}',
  'through.inside': '{name} dans {outer}',
} as const satisfies Record<keyof typeof en, string>
