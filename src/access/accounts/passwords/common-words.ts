// Words that passwords are made of when nobody thinks: what attackers try first, in lower case, without the digits and
// signs that people put around them (password-policy.ts takes those off before it looks).

const words = `
password passwort passwd passw pass passme passcode passport passion letmein letme welcome welkom willkommen bienvenue
benvenuto bienvenido admin administrator administrateur administrador root toor superuser sysadmin operator manager master
guest user username login logon signin access default changeme changeit change secret secrets secure security private
public system server oracle cisco windows microsoft apple google facebook twitter instagram youtube amazon netflix yahoo
hotmail gmail outlook linkedin whatsapp skype android iphone samsung nokia sony nintendo playstation xbox internet computer
keyboard mouse monitor laptop desktop office network database testing test tester tests temp temporary sample example demo
demopass hello hallo bonjour hola ciao goodbye iloveyou loveyou ilove iloveu love lovely lover lovers loveme mylove
sweetheart sweetie honey baby babygirl babyboy darling princess prince queen king angel angels heaven devil hell jesus
christ god godislove blessed faith hope grace destiny forever always whatever nothing something anything freedom peace
happy happiness smile lucky luck money rich dollar gold golden silver diamond crystal pearl ruby sapphire
sunshine sunflower sunset sunrise sun moon moonlight star stars starlight starwars startrek skywalker vader yoda jedi
matrix neo trinity batman superman spiderman ironman hulk thor wolverine pokemon pikachu naruto goku dragonball dragon
dragons dragonfly phoenix unicorn mermaid tiger tigers lion lions panther eagle eagles falcon hawk bear bears wolf wolves
monkey monkeys horse horses pony puppy kitten kitty cat cats dog dogs doggy fluffy lucky buster bailey maggie molly shadow
smokey rocky buddy charlie ginger pepper oreo cookie cookies chocolate cheese pizza burger banana orange apple apples
strawberry cherry peach mango lemon lime melon coffee tea whiskey vodka tequila corona heineken budweiser
football soccer baseball basketball hockey tennis golf golfer rugby cricket swimming runner surfer surfing skate
skateboard snowboard skiing fishing hunter hunting racing nascar ferrari porsche lamborghini mercedes mustang corvette
camaro chevy chevrolet toyota honda yamaha kawasaki suzuki harley jaguar audi volkswagen volvo jeep ford dodge bmw
arsenal chelsea liverpool manchester manutd barcelona realmadrid madrid juventus milan intermilan bayern dortmund
benfica porto celtic rangers everton tottenham spurs yankees redsox mets dodgers cubs giants cowboys steelers packers
patriots raiders broncos dolphins lakers celtics bulls warriors bulldog bulldogs panthers penguins
michael jennifer jessica ashley amanda daniel matthew joshua andrew anthony christopher christian nicholas nicole
michelle melissa stephanie heather elizabeth victoria alexander alexandra alexandre alejandro samantha jonathan robert
william thomas george edward richard charles david james john joseph patrick kevin brian steven stephen jason justin brandon
austin tyler jordan hunter taylor morgan cameron madison hannah sarah emily emma olivia sophia sophie isabella isabelle
julia julian martin maria marina martina carlos miguel antonio francisco fernando ricardo roberto sandra susan barbara
patricia andrea angela angelina anna anne laura linda lisa karen kimberly rachel rebecca vanessa veronica natalie natasha
oliver oscar oskar peter paul simon stefan sebastian benjamin samuel gabriel rafael raphael lucas lukas leon felix max
maximilian mohammed muhammad ahmed ali fatima yusuf ibrahim omar
summer winter spring autumn fall january february march april may june july august september october november december
monday tuesday wednesday thursday friday saturday sunday weekend holiday holidays christmas easter halloween birthday
valentine newyear sommer herbst fruehling januar februar juli oktober dezember montag freitag samstag sonntag
london paris berlin munich hamburg vienna zurich geneva rome milano napoli madrid lisbon lisboa amsterdam rotterdam
brussels dublin glasgow edinburgh stockholm oslo copenhagen helsinki warsaw prague budapest moscow istanbul athens dubai
tokyo osaka beijing shanghai hongkong singapore bangkok sydney melbourne toronto montreal vancouver newyork boston chicago
dallas houston austin denver seattle atlanta miami orlando phoenix detroit philadelphia california texas florida
america american usa canada mexico brazil brasil argentina colombia england ireland scotland germany deutschland
france francais spain espana italy italia portugal holland nederland poland polska sweden norway denmark finland
australia newzealand india pakistan china japan korea vietnam thailand indonesia philippines africa europe
red blue green black white yellow purple pink orange brown silver rainbow color colors darkness
blackbird bluebird redbull bluesky whitewolf greenday blink nirvana metallica slipknot eminem beatles elvis beyonce
music guitar piano drummer bassman rockstar rocknroll heavymetal hiphop reggae disco dance dancer dancing singer
thunder lightning storm stormy rain rainy snow snowball snowman snowflake ocean river mountain forest island beach
flower flowers rose roses daisy lily violet jasmine lavender butterfly ladybug turtle dolphin shark penguin panda koala
elephant giraffe zebra crocodile scorpion spider snake cobra viper raptor
killer hacker hackers ninja samurai pirate pirates wizard warrior gladiator spartan viking knight assassin sniper soldier
marine marines army navy airforce police fireman doctor nurse lawyer teacher student school college university academy
scooby garfield snoopy mickey minnie donald goofy simpsons homer bart tweety tigger winnie winniethepooh pooh
gandalf frodo aragorn legolas hobbit lordoftherings harrypotter hogwarts potter dumbledore voldemort
superstar supergirl superboy superuser champion champions winner winners number numberone one two three four five six seven
eight nine ten hundred thousand million onetwothree abc abcd abcde abcdef abcabc qwe qwer qwert qwerty qwertyui qwertyuiop
asd asdf asdfg asdfgh asdfghjkl zxc zxcv zxcvb zxcvbn zxcvbnm qaz qazwsx qazwsxedc wsx qweasd qweasdzxc qwerasdf
azerty azertyuiop qwertz qwertzuiop zaqwsx zaq xsw zaqxsw poiuy poiuytrewq lkjhgfdsa mnbvcxz aaa aaaa xxx xxxx zzz asdasd
qweqwe zxczxc qwaszx asdzxc adgjmptw trustme trustno trustnoone opensesame sesame letmeinnow openup open enter entry
company business corporate enterprise team teamwork sales marketing finance account accounts accounting support helpdesk
service services info information contact webmaster website internet intranet production developer development staging
backup restore upgrade update install setup config router switch firewall gateway wireless wifi
rolecall identity provider scim saml oidc openid signon singlesignon brand brands content publish editor viewer
correcthorsebatterystaple correcthorse batterystaple thisismypassword mypassword mypass yourpassword ourpassword
thepassword newpassword oldpassword nopassword adminpassword rootpassword userpassword testpassword temppassword
companypassword passwordpassword passwordadmin adminadmin adminpass welcomeadmin welcomehome welcomeback welcometo
iamgod iamtheboss theboss boss bigboss bigdaddy bigdog bigguy bigred daddy mommy mama papa mother father mom dad brother
sister family friend friends friendship bestfriend bestfriends boyfriend girlfriend husband wife wedding marriage
boy boys girl girls women woman man men people human alien aliens zombie zombies vampire werewolf ghost monster monsters
cool cooler coolest awesome amazing perfect beautiful pretty cute sexy hottie hot spicy sweet candy sugar cupcake
pumpkin peanut pickles popcorn bubbles bubble muffin pancake waffle noodle dumpling
genius einstein newton tesla galileo darwin shakespeare socrates plato zeus apollo athena hercules odin loki isis osiris
`

/** Distinct, each at least three letters long. */
export const commonWords: ReadonlySet<string> = new Set(words.split(/\s+/).filter((word) => word.length > 2))
