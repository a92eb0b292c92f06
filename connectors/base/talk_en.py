"""Talks between buyers and the pretend shop in English. The notation is described in `talk.py`."""

SCRIPT = """
# size | good | shirt | Size of the {title}
> Hi, how does the {thing} fit? I am 178 cm and usually wear an M.
| Does the {item} run small? I am between two sizes.
| Hello! What is the chest width of the {thing}, laid flat?
< Hi {first}, it is cut a little slim. Laid flat the chest is 54 cm in M and 57 cm in L. Between two sizes, take the larger one.
| Hello {first}, our M measures 54 cm across the chest and 72 cm in length. If you like it loose, go one up.
> Perfect, then I will take the larger one. Thank you!
| That helps, thanks. I will order tonight.
| Great. And does it shrink in the wash?
< Wash it cold and hang it in the shade, then it keeps its size and its colour.
| You are welcome, {first}. Exchanges are free within 30 days if it does not fit.

# late | order | any | Where is my order {order}?
> Hi, order {order} was supposed to be here by now. Do you know where it is?
| Good morning, tracking for {order} has not moved in four days. Is it stuck somewhere?
| Tracking says delivered, but nothing is here. Order {order}.
| It has been almost two weeks. Could you check where {order} is, please?
< Hi {first}, I am sorry about the wait. I have asked the carrier to look for it and will write to you by tomorrow.
| Hello {first}, the parcel sits at the sorting centre in {city}. I opened a request with the carrier this morning.
> OK, thank you for checking. I am home until Friday.
| Thanks. It is a present for Sunday, so I am a bit nervous.
< It left the sorting centre this morning, {first}. If it is not with you by Friday we send a new one at once.
| Good news: it is on the van. Tell me if nothing comes today, please.

# wrong_item | order | shirt | Wrong size in order {order}
> Hi, the {thing} came today but it is the wrong size. Can you still send the right one?
| I opened order {order} and found a different colour from the one I bought. What do we do now?
| You sent me an L, I ordered M. It is for a wedding next week. Can this be fixed quickly?
< I am sorry, {first}, that is our packing mistake. The right one is put aside for you and leaves tomorrow, at our cost.
| Oh no, our fault entirely. Could you send me a photo of the label, {first}? The right one goes out today.
> Here is what the label says: {sku}. Thank you for being so quick.
| Great, thank you. Do I have to send the other one back?
< Please keep the wrong one or give it to a friend. The new parcel is on its way.
| Thank you, {first}. You will get the tracking number tonight. Nothing to send back.

# wrong_coffee | order | coffee | Order {order}: not what I ordered
> I ordered the {thing} and got a different coffee. The receipt in the box is right, the bag is not.
| Hello, my bag says ground, but I ordered whole bean. Order {order}.
< So sorry, {first}. We pack the right one today and send it by courier. Please enjoy the other bag as our treat.
> That is very kind, thank you!
< You are welcome. Tell us how you like both.

# invoice | new_order | any | Invoice for order {order}
> Could I have an invoice for order {order}, please? My company needs one.
| Could you add our VAT number to the invoice of {order}, please? GB 123 4567 89.
| Hello, the invoice for {order} has my old address. Can you make a new one?
< Of course, {first}. Who should it be made out to?
| Sure. Please send me the company name and address as they should appear.
> Harbour Lane Studio Ltd, 12 Quay Street, {city}. Thank you.
| To me is fine, with the company in the second line: Northlight Design.
< Done, the invoice is in your mailbox. Have a good day!
| It is on its way to {email}. Thanks for your order, {first}.

# wholesale | good | coffee | Wholesale price for {title}
> Hi, I run a small cafe in {city}. Do you have a price for 20 of the {thing}?
| Do you do wholesale? We would need about 12 kg a month.
| What would 40 boxes for an office cost, roughly?
< Hi {first}, we do. From 12 units it is 15 percent off, from 40 it is 22. Which roast day suits you?
| Hello {first}, gladly. From 5 kg a month we roast for you on Tuesdays, 18 percent under the shop price.
> That works for us. Can we pay by bank transfer?
| Sounds fair. Could you send a sample first?
< Yes, both is fine. I will send the price list to {email} this afternoon.
| Of course. A sample of two coffees leaves tomorrow, free of charge.

# available | good | any | {title}
> Is the {thing} still there? I can pay today.
| Hi! Do you still have the {thing}? It shows only a few left.
| Will you restock the {thing}? I need two.
< Yes, {first}, we have it here. Order before 3 pm and it leaves today.
| Hi {first}, it is in stock. Shall I put one aside for you until tonight?
> Yes please, I will order after work.
| Great, ordering now.
< Wonderful, it is put aside under your name.
| Thank you, {first}! We pack it this afternoon.

# grind | good | coffee | {title}: whole bean?
> Is this ground or whole bean? I have a V60 at home.
| Can you grind the {thing} for an AeroPress?
| Which grind would you take for a moka pot?
< It comes as whole bean, {first}. Write the brewer in the order note and we grind it just before packing.
| Both is possible. For yours we grind medium fine, like table salt.
> Medium fine then, please. Thanks!
< Noted, {first}. Enjoy it.

# roast_date | good | coffee | Roast date of {title}
> When was the {thing} roasted that you send out now?
| What is the roast date at the moment? I like it two weeks old at most.
< We roast on Tuesdays and Fridays, so yours will be three days old at most when it leaves.
| The batch on the shelf is from last Friday, {first}. The date is printed on each bag.
> Excellent, exactly what I was hoping for.
| And how long does it keep its taste?
< Best within eight weeks, closed and away from the light.

# halal | good | coffee | Is it certified?
> Hello, are your coffees halal certified? I would like to serve them at a family event.
| Is there anything added to the drip bags, flavour or sugar?
< Yes, {first}, all of them. The certificate number is on the back of each bag, and nothing is added to the coffee.
> Thank you for the clear answer.
< With pleasure. We hope your guests like it.

# damaged | order | any | Order {order} arrived damaged
> The parcel of {order} arrived torn and one corner is wet. The {thing} has a stain.
| One corner of the box was soaked and the {thing} got wet. Order {order}.
| Hi, the box of {order} was crushed and the {thing} inside is damaged. I have photos.
< I am very sorry, {first}. Please send one photo of the box and one of the item. Would you like a new one or your money back?
| That should not happen, {first}. One photo is enough for us. New one or refund, as you like.
> A new one, please. I am sending the photos now.
| I would rather have a refund this time, sorry.
< Thank you, {first}. It is arranged; you will get a confirmation within the hour.
| All done. Please do not send anything back.

# cancel | new_order | any | Cancel order {order}
> Sorry, I ordered the wrong thing. Can you cancel {order}?
| Please cancel order {order}, I clicked twice and now have two.
| Is it too late to cancel {order}? My friend already bought me one.
< It has not left yet, {first}. I have cancelled it; your money is back in three to five days.
| Hi {first}, no problem at all, I stopped it before packing.
> Thank you, that was quick!
< Any time, {first}.

# address | new_order | any | Order {order}: new address
> We moved last week. Can you still change the address of {order}?
| I made a mistake in the street of {order}. It should be number 14, not 41.
| Can {order} go to my office instead? I am not home this week.
< Yes, it is still here. Please send me the full new address, {first}.
| Just in time, {first}. What is the right address?
> 14 Willow Street, {city}. The rest stays the same.
| Flat 3, 27 Mill Road, {city}, thank you!
< Changed. It leaves this afternoon.
| Thank you, {first}, the label is printed with the new one.

# refund | order | any | Refund for order {order}
> I sent the {thing} back last week. When will I see the money?
| Hi, the refund for {order} has not arrived. Could you look into it?
| I was refunded for {order}, but without the postage. Is that right?
< The return reached us yesterday, {first}. The refund is made today and takes three to five days.
| You are right, the postage was missing. I have sent the rest just now. Sorry about that.
> OK, I will wait until then. Thanks.
< Thank you for your patience, {first}.

# spilled | order | coffee | Order {order}: open bag
> Unfortunately the bag was open when it arrived. There is coffee all over the box. Order {order}.
| Hi, one of the bags in {order} burst on the way. Can you send that one again?
< Oh no. Send me a picture of the label, {first}, and a new one leaves tomorrow. Keep what is left, of course.
> Picture is on its way. Thank you, the kitchen smells great at least!
< Ha, that it does. The new one is packed, {first}.

# fits | order | shirt | Thank you
> Thank you, it fits perfectly and the colour is even nicer than in the pictures.
| It is a lovely shirt, the stitching is wonderful. Who draws the patterns?
< How kind, {first}. The wax is drawn by three women in Bantul; we pass your words on to them.
> Please do. I will be back for the {item} in another size, for my brother.
< Write to us before, then we put one aside.

# thanks | order | any | Thank you
> Everything came well packed and a day early. Thank you!
| Just wanted to say that the {thing} arrived and we love it.
| Lovely packing, and the handwritten card made my day. Thank you!
< That makes us happy, {first}. Thank you for writing!
| How kind of you. A review would help our small shop a lot, if you find the time.
> I have already left one. See you next time!
< You are wonderful. Until next time!

# review | order | any | About your review
> I left four stars because the delivery took long. The {thing} itself is great.
| Can I change my review? You solved it so well.
< Thank you for being fair, {first}. We changed the carrier for {city} because of notes like yours.
| Of course, there is an edit button under the review. Thank you, {first}.
> Good to hear. I will order again.
< We look forward to it.

# custom | good | shirt | A custom order
> Could you make the {item} in XXL? I would pay more, of course.
| We are eight at the wedding and would like the same pattern in different sizes. Is that possible?
| Do you also make this fabric as a tablecloth, about 140 x 220 cm?
< Yes, {first}. A made to order piece takes about three weeks. Which date do you need it by?
| We can, gladly. Please send the sizes and I will reply with a price tomorrow.
> By the end of next month. I will send you the measurements tonight.
| Great: 2 x S, 3 x M, 2 x L and 1 x XL.
< Noted. The batik for it is drawn this week; I will send you a picture.
| Thank you, {first}. The offer is in your mailbox.

# care | good | shirt | Washing
> How should I wash the {thing}? I do not want to lose the colour.
| Can I put the {item} in the dryer?
< By hand or at 30 degrees with a mild soap, inside out, and dry it in the shade. No dryer, please.
> Thanks, that is what I thought.
< It will be with you for years, {first}.

# shipping | shop | any | Shipping to {city}
> Do you ship to {city}, and how long does it take?
| How much is shipping to {city} for two parcels?
| Will I have to pay customs in {city}?
< We do, {first}. It takes six to nine days with tracking, and orders over 80 dollars go free.
| Yes, every day. Below 150 there is normally nothing to pay at the border.
> Great, thank you.
| And is express possible?
< Express takes three days and costs 18 dollars more.

# gift | new_order | any | Gift wrap for {order}
> Could you wrap {order} as a gift and leave out the price?
| It is a birthday present. Can you put in a card that says Happy birthday, Oma?
< With pleasure, {first}. No price in the box, and the card is written by hand.
> You are the best!
< Happy birthday to her from all of us.

# beginner | shop | any | Which coffee to start with
> I have only had supermarket coffee so far. Where would you start?
| Which of your coffees is the least sour?
< Start with Flores Bajawa, {first}: chocolate and nuts, hardly any acidity. The tasting set has four to compare.
> Then I will take the tasting set. Thank you!
< A good choice. Tell us your favourite!
"""

NEXT_WORDS = """
Thank you, that helps a lot.
Perfect, thanks for the quick answer!
OK, noted. I will get back to you if anything comes up.
Great. When can I expect it roughly?
Thanks! You are very kind.
Understood. Is there anything I have to do?
Good to know, thank you. Have a nice day!
Wonderful. And could I add one more to the same parcel?
Alright, I will wait for it then.
That is fair. Thank you for sorting it out.
Thanks. Will I get a tracking number?
"""

YES_WORDS = """
Yes please, that would be great.
Yes, that works for me.
Either is fine, whatever is faster.
Yes. The name on the order is {name}.
The first one, please.
Sure, here it is: {street}, {city}.
"""

NUDGE_WORDS = """
Hello, is anybody there?
Sorry to ask again, have you seen my message?
Any news on this, please?
I leave on Friday, so an answer today would help me a lot.
This is the second time I write. Could somebody look into it, please?
I would rather have my money back if this takes much longer.
"""
