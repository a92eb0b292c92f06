"""Talks between buyers and the pretend shop in Indonesian. The notation is described in `talk.py`."""

SCRIPT = """
# size | good | shirt | Ukuran {title}
> Kak, {thing} ini lingkar dadanya berapa ya?
| Halo kak, {item} ini ukurannya kecil nggak? Biasanya saya pakai M.
| Min, tinggi 170 berat 72 cocoknya ukuran apa?
< Halo Kak {first}, M lebar dada 54 cm, L 57 cm. Kalau ragu di antara dua ukuran, ambil yang lebih besar ya.
| Hai Kak, potongannya agak slim. Untuk tinggi segitu kami sarankan L.
> Oke kak, saya ambil L. Makasih!
| Siap, nanti malam saya pesan ya.
| Kalau dicuci menyusut nggak kak?
< Aman Kak, cuci dengan air dingin dan jemur di tempat teduh saja.
| Sama-sama Kak {first}. Kalau tidak pas bisa tukar ukuran dalam 30 hari.

# late | order | any | Pesanan {order} belum sampai
> Kak, pesanan {order} kok belum sampai ya? Resinya tidak bergerak dari kemarin.
| Permisi min, paket saya {order} sudah 6 hari belum datang.
| Di aplikasi statusnya sudah diterima, tapi paketnya belum ada di rumah. Pesanan {order}.
| Min tolong dicek dong paket {order} sampai mana?
< Mohon maaf Kak {first}, kami cek dulu ke ekspedisi ya. Besok pagi kami kabari.
| Halo Kak, paketnya masih di gudang transit {city}. Sudah kami laporkan ke ekspedisi.
> Baik kak, ditunggu kabarnya.
| Oke, soalnya mau dipakai hari Minggu kak.
< Kak {first}, paketnya sudah keluar dari gudang pagi ini. Kalau sampai Jumat belum tiba, kami kirim ulang.
| Kabar baik Kak, paketnya sedang diantar kurir hari ini.

# wrong_item | order | shirt | Salah kirim pesanan {order}
> Kak, yang datang kok ukurannya beda ya? Saya pesan {thing}.
| Min, warnanya salah nih. Pesanan {order}.
| Kak saya pesan M yang datang L, padahal mau dipakai kondangan minggu depan.
< Aduh, maaf sekali Kak {first}, kami salah ambil. Yang benar kami kirim besok, ongkir kami yang tanggung.
| Mohon maaf Kak. Boleh kirim foto labelnya? Yang benar kami kirim hari ini juga.
> Ini kak, di labelnya tertulis {sku}. Makasih ya cepat responnya.
| Yang salah ini harus saya kirim balik kak?
< Tidak usah Kak, simpan saja. Resi baru kami kirim nanti sore.
| Tidak perlu dikembalikan Kak {first}, anggap bonus dari kami.

# wrong_coffee | order | coffee | Kopi tidak sesuai, pesanan {order}
> Kak, saya pesan {thing} tapi yang datang kopi lain.
| Min, saya minta giling tapi datangnya biji utuh. Pesanan {order}.
< Maaf Kak {first}, hari ini kami kirim yang benar. Yang sudah sampai silakan dinikmati saja.
> Wah makasih banyak kak!
< Sama-sama Kak, kabari ya rasanya.

# invoice | new_order | any | Faktur pesanan {order}
> Kak, boleh minta faktur untuk {order}? Buat kantor.
| Selamat siang, mohon invoice pesanan {order} atas nama perusahaan.
| Min, di invoice {order} bisa ditambah NPWP?
< Bisa Kak {first}. Atas nama siapa ya?
| Baik Pak/Bu, mohon kirim nama dan alamat perusahaannya.
> Atas nama CV Karya Bersama, {city}. Terima kasih.
| PT Sinar Pagi Nusantara, alamat sama dengan pengiriman kak.
< Sudah kami kirim ke {email} ya Kak.
| Fakturnya sudah jadi Kak {first}, silakan dicek di e-mail.

# wholesale | good | coffee | Harga grosir {title}
> Kak, kalau ambil 12 dapat harga grosir?
| Min, saya punya kedai di {city}. {thing} kalau 20 bungkus jadi berapa?
| Bisa suplai rutin 5 kg per bulan kak?
< Bisa Kak {first}. Mulai 12 bungkus diskon 15 persen, mulai 40 bungkus 22 persen.
| Siap Kak, untuk rutin kami sangrai tiap Selasa. Harganya 18 persen di bawah harga toko.
> Boleh kak. Bayarnya bisa transfer?
| Bisa minta sampel dulu kak?
< Bisa Kak, daftar harganya kami kirim ke {email} sore ini.
| Boleh, sampel dua macam kopi kami kirim besok, gratis.

# available | good | any | {title}
> Kak, {thing} masih ada?
| Ready kak? Mau order 2.
| {thing}-nya masih ada, Kak? Bisa kirim hari ini?
| Min kapan restok {thing}?
< Masih ada Kak {first}, silakan diorder. Sebelum jam 3 dikirim hari ini.
| Ready Kak. Mau kami sisihkan dulu satu?
> Boleh kak, nanti sore saya bayar.
| Oke saya order sekarang ya.
< Siap Kak, sudah kami sisihkan atas nama Kakak.
| Terima kasih Kak {first}, langsung kami siapkan.

# grind | good | coffee | {title}: biji atau bubuk?
> Kak, ini biji atau bubuk? Saya pakai V60.
| Bisa digilingkan untuk tubruk kak?
| Kalau untuk moka pot gilingnya apa ya?
< Bisa dua-duanya Kak {first}. Tulis alat seduhnya di catatan pesanan, kami giling sesaat sebelum dikemas.
| Untuk itu kami giling sedang halus Kak, seperti garam meja.
> Oke kak, giling sedang ya.
< Siap, dicatat Kak.

# roast_date | good | coffee | Tanggal sangrai {title}
> {thing} yang sekarang sangrai tanggal berapa kak?
| Roast date-nya masih fresh kak?
< Kami sangrai tiap Selasa dan Jumat Kak, jadi paling lama tiga hari saat dikirim.
| Sangrai Jumat kemarin Kak {first}, tanggalnya ada di belakang kemasan.
> Mantap, langsung order.
| Tahan berapa lama kak?
< Paling enak dalam delapan minggu Kak, simpan tertutup dan jangan kena cahaya.

# halal | good | coffee | Sertifikat halal
> Kak, kopinya sudah ada sertifikat halal?
| Drip bag-nya ada tambahan gula atau perisa kak?
< Sudah Kak {first}, nomornya ada di belakang kemasan. Isinya kopi saja, tanpa tambahan apa pun.
> Alhamdulillah, terima kasih infonya.
< Sama-sama Kak.

# damaged | order | any | Paket {order} rusak
> Kak, paketnya datang penyok dan {thing}-nya ada noda.
| Min, kardusnya sobek dan basah. {thing}-nya ikut basah. Pesanan {order}.
| Barangnya rusak kak, saya ada video unboxing-nya.
< Mohon maaf sekali Kak {first}. Boleh kirim satu foto? Mau diganti baru atau dana kembali?
| Maaf ya Kak. Satu foto sudah cukup. Mau tukar baru atau refund, terserah Kakak.
> Ganti baru saja kak. Fotonya saya kirim ya.
| Refund saja kak, maaf.
< Baik Kak, sudah kami proses. Konfirmasinya menyusul kurang dari satu jam.
| Beres Kak, barang lamanya tidak usah dikembalikan.

# cancel | new_order | any | Batalkan pesanan {order}
> Kak, pesanan {order} bisa dibatalkan? Saya salah pilih ukuran.
| Min maaf, dobel order. Tolong batalkan {order} ya.
| Belum dikirim kan kak? Mau batal yang {order}.
< Bisa Kak {first}, belum dikirim kok. Sudah kami batalkan, dana kembali 3 sampai 5 hari.
| Tidak apa-apa Kak, sudah kami hentikan sebelum dikemas.
> Makasih kak, cepat banget!
< Sama-sama Kak {first}.

# address | new_order | any | Ganti alamat pesanan {order}
> Kak, alamat pesanan {order} bisa diganti? Saya baru pindah.
| Min, nomor rumahnya salah. Harusnya 14, bukan 41. Pesanan {order}.
| Bisa dikirim ke kantor saja kak yang {order}?
< Bisa Kak, masih di sini. Boleh kirim alamat lengkapnya?
| Pas sekali Kak {first}, belum dikemas. Alamat barunya di mana?
> Jl. Kenanga No. 14, {city}. Patokannya depan masjid.
| Ruko Permata Blok C2, {city}, kak.
< Sudah diganti Kak, sore ini berangkat.
| Siap Kak {first}, labelnya sudah dicetak ulang.

# refund | order | any | Refund pesanan {order}
> Kak, saya sudah kirim balik {thing}. Dananya kapan kembali?
| Min, refund {order} belum masuk ya.
| Refund-nya sudah masuk tapi ongkirnya belum kak.
< Barangnya sampai kemarin Kak {first}. Hari ini kami proses, masuk 3 sampai 5 hari.
| Betul Kak, ongkirnya tertinggal. Barusan sudah kami kirim, maaf ya.
> Oke kak, ditunggu.
< Terima kasih sudah sabar Kak.

# spilled | order | coffee | Kemasan sobek, pesanan {order}
> Min, kemasannya sobek. Kopinya tumpah di dalam kardus. Pesanan {order}.
| Kak, satu bungkus di {order} pecah di jalan. Bisa dikirim lagi yang itu?
< Waduh, maaf Kak {first}. Mohon foto labelnya, besok kami kirim gantinya. Sisanya silakan dinikmati.
> Fotonya saya kirim ya kak. Makasih, dapurnya jadi wangi.
< Siap Kak, gantinya sudah kami kemas.

# fits | order | shirt | Terima kasih
> Kak, bajunya sudah sampai. Bagus banget, pas di badan!
| Batiknya halus sekali kak, jahitannya rapi. Siapa yang bikin motifnya?
< Senang sekali Kak {first}. Yang mencanting tiga ibu di Bantul, nanti kami sampaikan.
> Salam ya kak buat ibu-ibunya. Nanti saya pesan lagi buat adik.
< Ditunggu Kak, kabari dulu biar kami sisihkan ukurannya.

# thanks | order | any | Terima kasih
> Kak, pesanannya sudah sampai, sehari lebih cepat. Makasih ya!
| Paketnya sudah diterima, rapi sekali. Makasih ya kak.
| {thing}-nya sudah sampai, istri saya suka. Terima kasih.
< Senang sekali mendengarnya Kak {first}! Terima kasih sudah mengabari.
| Alhamdulillah. Kalau sempat, ulasannya sangat membantu toko kecil kami, Kak.
> Sudah saya kasih bintang lima kak!
< Terima kasih banyak Kak, ditunggu pesanan berikutnya.

# review | order | any | Soal ulasan
> Saya kasih bintang empat karena kirimnya lama ya kak. Barangnya sih bagus.
| Cara ubah ulasan gimana kak? Tadi saya salah pencet.
< Terima kasih masukannya Kak {first}. Untuk {city} kami sudah ganti ekspedisi.
| Ada tombol ubah di bawah ulasannya Kak.
> Oke kak, nanti saya pesan lagi.
< Ditunggu ya Kak.

# custom | good | shirt | Pesanan khusus
> Kak, {item} bisa dibuat ukuran XXL?
| Kami butuh seragam keluarga 8 orang motif sama, bisa kak?
| Bisa kain meteran saja tanpa dijahit kak? Butuh 3 meter.
< Bisa Kak {first}, pengerjaan kira-kira tiga minggu. Dipakainya tanggal berapa?
| Bisa Kak. Kirim ukurannya ya, besok kami kabari harganya.
> Akhir bulan depan kak. Ukurannya saya kirim nanti malam.
| S dua, M tiga, L dua, XL satu kak.
< Dicatat Kak. Kalau kainnya sudah jadi kami kirim fotonya.
| Terima kasih Kak {first}, penawarannya sudah kami kirim.

# care | good | shirt | Cara mencuci
> Kak, {thing} ini luntur nggak? Cucinya bagaimana?
| Boleh pakai mesin cuci kak?
< Cuci dengan tangan atau mesin mode halus, dibalik, pakai sabun lembut, dan jemur di tempat teduh.
> Siap kak, makasih.
< Sama-sama Kak, semoga awet.

# shipping | shop | any | Ongkir ke {city}
> Kak, ongkir ke {city} berapa?
| Bisa COD ke {city} kak?
| Kalau pesan sekarang sampai {city} kapan?
< JNE Reguler Rp 12.000, tiba 2 sampai 3 hari Kak {first}.
| Bisa Kak. Pesan sebelum jam 3, lusa sudah sampai.
> Oke kak, makasih infonya.
| Kalau yang instan ada kak?
< Instan hanya untuk Yogyakarta dan Jakarta Kak.

# hours | shop | any | Jam buka toko
> Toko Jogja buka sampai jam berapa?
| Hari Minggu buka kak?
| Bisa ambil langsung di toko kak?
< Buka jam 9 sampai 20 setiap hari Kak {first}, Minggu sampai jam 17.
| Bisa Kak, kabari saja jam berapa. Barangnya kami siapkan.
> Siap, saya mampir besok.
< Ditunggu ya Kak.

# gift | new_order | any | Bungkus kado {order}
> Kak, {order} bisa dibungkus kado? Harganya jangan dicantumkan ya.
| Bisa selipkan kartu ucapan ulang tahun kak?
< Bisa Kak {first}, gratis. Kartunya kami tulis tangan.
> Makasih banyak kak!
< Sama-sama, selamat ulang tahun untuk beliau.
"""

NEXT_WORDS = """
Oke kak, makasih banyak ya.
Siap kak, ditunggu.
Wah cepat sekali balasnya, terima kasih!
Baik kak. Kira-kira sampainya kapan ya?
Oke, nanti kalau ada apa-apa saya kabari lagi.
Terima kasih kak, sangat membantu.
Bisa sekalian tambah satu lagi di paket yang sama kak?
Noted kak, makasih.
Baik, saya tunggu ya.
Nanti ada nomor resinya kan kak?
"""

YES_WORDS = """
Boleh kak.
Iya kak, itu saja.
Yang lebih cepat saja kak.
Iya, atas nama {name} ya.
Bisa kak, alamatnya {street}, {city}.
Yang pertama saja kak.
"""

NUDGE_WORDS = """
Halo kak, ada orang?
Maaf tanya lagi, pesan saya sudah dibaca belum ya?
Bagaimana kak, sudah ada kabar?
Jumat saya berangkat, mohon dibalas hari ini ya kak.
Saya sudah dua kali tanya tapi belum dijawab.
Kalau lama, dananya dikembalikan saja ya kak.
"""
