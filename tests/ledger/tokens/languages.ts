/**
 * Ordinary texts of 200 tokens and more, in several languages.
 *
 * @module
 */

/** By language. */
export const languages: Readonly<Record<string, string>> = {
  English: `A lighthouse keeper once told me that the hardest part of the work was not the storms. \
Storms, he said, keep you busy: there are lamps to trim, shutters to fasten and ships to count. \
What wears a person down is the long run of quiet days in which nothing at all goes wrong, and in \
which you must nevertheless climb the same two hundred and twelve steps every evening.

He had a notebook (he wouldn't call it a diary) in which he wrote down three things: the wind, \
the first star, and one thing he hadn't noticed before. "You'd be surprised," he said, "how much \
there's left to notice after 31 years." On 14 March 1987, for instance, the entry reads: "NW 5-6; \
Vega; the third step from the top is worn on the left side only." Nobody knew why. We're still \
guessing today, although the lamp has long been replaced by a machine that doesn't use the stairs.

1. Check the oil.
2. Wind the clock, but don't overwind it.
3. Write down what you saw, even if it's nothing.`,
  German: `Die Geschwindigkeitsbegrenzung auf der alten Donaubrücke war jahrzehntelang Gegenstand \
von Auseinandersetzungen zwischen der Stadtverwaltung und den Fuhrunternehmern. Während die einen \
auf die Erschütterungen hinwiesen, welche die schweren Lastkraftwagen im Mauerwerk der \
angrenzenden Häuser verursachten, rechneten die anderen vor, daß jede zusätzliche Minute \
Fahrzeit ein Vermögen koste. Schließlich beauftragte der Gemeinderat einen Sachverständigen.

Dieser Herr, ein gewisser Dr. Überschär, maß drei Wochen lang mit großer Sorgfalt. Sein \
Ergebnis überraschte alle Beteiligten: Nicht die Lastwagen waren schuld an den Rissen, sondern \
die Wurzeln der Kastanien, die man zur Eröffnung der Brücke gepflanzt hatte. „Man müßte“, schrieb \
er, „entweder die Bäume fällen oder die Häuser versetzen.“ Beides lehnte der Gemeinderat mit 14 zu \
9 Stimmen ab. Die Geschwindigkeitsbegrenzung blieb, die Kastanien blieben auch, und die \
Hausbesitzer gewöhnten sich an ihre Risse, wie man sich an Nachbarn gewöhnt.`,
  Chinese:
    `从前，在一座靠近大海的小城里，住着一位修理钟表的老人。他的店铺不大，却摆满了各式各样的钟：有的来自遥远的国家，\
有的已经停了几十年，再也没有人知道它们最后一次报时是在什么时候。每天早晨，老人都会先把窗户打开，让海风吹进来，然后坐在木桌前，\
一个零件一个零件地检查昨天送来的手表。他常常对学徒说：“时间不会因为钟停了就不走，但是人会因为钟走得不准而错过重要的事情。”

有一年冬天，一个年轻的女孩带来一只非常旧的怀表。她说这是祖父留下的东西，里面刻着一行看不清楚的小字。老人用放大镜看了很久，\
终于认出那是一个日期和一个地名。女孩听了以后沉默了一会儿，然后笑着说：“原来他们是在那里认识的。”老人没有收她的钱，\
只是请她在修好以后，每年春天回来让他听一听怀表的声音。后来学徒接手了店铺，女孩仍然每年都来，怀表也一直走得很准。`,
  Japanese:
    `むかしむかし、山のふもとの小さな村に、手紙を運ぶことを仕事にしている若者が住んでいました。村には郵便局がなく、\
一番近い町まで歩いて二時間もかかりましたが、彼は雨の日も雪の日も、決して休むことなく坂道を往復していました。\
「どうしてそんなに急ぐのですか」と聞かれると、彼はいつも笑って、「手紙を待っている人の時間は、歩いている私の時間よりも\
ずっと長いからです」と答えたそうです。

ある秋の夕方、彼は差出人の名前が書かれていない封筒を預かりました。宛先は、もう誰も住んでいないはずの古い家です。\
不思議に思いながらもドアをたたいてみると、中からゆっくりとした足音が聞こえてきました。出てきたのは、白い髪のおばあさんで、\
封筒を見るなり涙を流して喜びました。コンピュータもインターネットもなかった時代の話ですが、今でもその村では、\
大切なことは手で書いて、人の足で届けるという習慣が残っているということです。`,
  code: `export const groupBy = <Item, Key>(
  items: Iterable<Item>,
  keyOf: (item: Item, index: number) => Key
): Map<Key, Array<Item>> => {
  const groups = new Map<Key, Array<Item>>()
  let index = 0
  for (const item of items) {
    const key = keyOf(item, index++)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [item])
    else group.push(item)
  }
  return groups
}

// What is "due" within 30 days, the oldest first; it isn't sorted where there's just one.
const isDue = ({ paidAt, dueAt }: Invoice) => !paidAt && dueAt <= now + 30 * 86_400_000
const report = Object.entries(customers).map(([id, { name, invoices }]) => ({
  id: \`customer/\${id}\`,
  name: name.trim() || 'unknown',
  total: invoices.filter(isDue).reduce((sum, { amount }) => sum + amount, 0) / 100
}))

if (import.meta.main) {
  for (const { id, name, total } of report) {
    console.log(\`\${id.padEnd(20)} | \${name.padStart(30)} | \${total.toFixed(2)} EUR\`)
  }
}`,
  JSON: JSON.stringify(
    {
      orders: Array.from({ length: 8 }, (_, at) => ({
        order_id: `A-${1000 + at * 37}`,
        customer: { name: "Łucja O'Connor", city: "Kraków", vip: at % 3 === 0 },
        lines: [{ sku: "tea-250g", quantity: at + 1, price: 4.95 * (at + 1) }],
        note: null
      }))
    },
    null,
    2
  )
}
