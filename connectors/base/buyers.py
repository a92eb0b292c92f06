"""Who buys in the pretend shop. Names are common ones, addresses invented, mail and phone numbers in reserved ranges."""

from __future__ import annotations

import unicodedata
from typing import Any

INDONESIA = (
    "Siti Rahmawati|Bandung,Budi Santoso|Jakarta,Rizky Aditya|Surabaya,Dewi Lestari|Yogyakarta,Agus Wibowo|Semarang,Putri Maharani|Denpasar,"
    "Eko Prasetyo|Malang,Ratna Sari|Bogor,Fajar Nugroho|Depok,Intan Permata|Bekasi,Hendra Gunawan|Medan,Wulan Anggraini|Solo,"
    "Yusuf Hidayat|Makassar,Maya Kusuma|Tangerang,Andi Saputra|Palembang,Lina Marlina|Cimahi,Bayu Setiawan|Cirebon,Nadia Zahra|Jakarta,"
    "Doni Kurniawan|Balikpapan,Sri Wahyuni|Klaten,Arif Rahman|Padang,Citra Dewanti|Bandung,Galih Pratama|Magelang,Tika Amelia|Sidoarjo,"
    "Joko Susilo|Kudus,Anisa Fitri|Pekanbaru,Reza Maulana|Batam,Dian Safitri|Serang,Ilham Ramadhan|Banjarmasin,Nurul Aini|Mataram,"
    "Teguh Santosa|Purwokerto,Vina Oktaviani|Manado,Wahyu Hidayat|Kediri,Sari Utami|Jambi,Bambang Haryanto|Jakarta,Fitri Handayani|Bandung,"
    "Rangga Wijaya|Surabaya,Mega Puspita|Bogor,Adi Nugraha|Garut,Yanti Kartika|Tasikmalaya,Hari Mulyono|Madiun,Desi Ratnasari|Lampung,"
    "Krisna Mahendra|Ubud,Ayu Kartini|Singaraja,Gede Suardana|Denpasar,Luh Wardani|Gianyar,Made Artawan|Sanur,Ketut Sudarma|Tabanan,"
    "Raden Pamungkas|Yogyakarta,Laras Setyowati|Solo,Dimas Anggoro|Semarang,Nina Herlina|Jakarta,Taufik Ismail|Bukittinggi,Rahma Yulia|Depok,"
    "Iwan Setiadi|Bekasi,Novi Andriani|Tangerang,Surya Dharma|Medan,Kartika Sari|Palu,Oki Firmansyah|Cilegon,Bella Savitri|Jakarta,"
    "Gilang Permana|Bandung,Hesti Wijayanti|Salatiga,Panji Laksono|Jepara,Rini Astuti|Pontianak,Sandi Purnama|Samarinda,Ulfa Khairunnisa|Aceh,"
    "Zaki Mubarak|Jakarta,Vera Susanti|Bogor,Sekar Maheswari|Solo,Bima Prakoso|Yogyakarta"
)
ELSEWHERE = (
    "Hannah Whitlock|Leeds|GB,Marcus Oyelaran|London|GB,Eleanor Whitcombe|Bath|GB,Yuki Tanabe|Kyoto|JP,Daniel Krämer|Leipzig|DE,"
    "Clara Jensen|Aarhus|DK,Brooklyn Hayes|Portland|US,Samuel Ortiz|Austin|US,Grace Liu|Seattle|US,Noah Bennett|Denver|US,"
    "Olivia Hartman|Chicago|US,Liam Gallagher|Galway|IE,Sophie Martin|Lyon|FR,Lucas Moreau|Nantes|FR,Emma Rossi|Torino|IT,"
    "Giulia Conti|Bologna|IT,Pablo Romero|Sevilla|ES,Lucía Navarro|Valencia|ES,Jan de Vries|Utrecht|NL,Femke Bakker|Delft|NL,"
    "Anna Kowalska|Kraków|PL,Piotr Nowak|Gdańsk|PL,Ingrid Solberg|Bergen|NO,Erik Lindqvist|Uppsala|SE,Aino Virtanen|Tampere|FI,"
    "Katarína Horváth|Košice|SK,Tomáš Dvořák|Brno|CZ,Mia Schneider|Graz|AT,Felix Baumann|Bern|CH,Isabelle Dubois|Liège|BE,"
    "Priya Raman|Singapore|SG,Wei Jie Tan|Singapore|SG,Nurul Huda|Penang|MY,Farid Osman|Johor Bahru|MY,Chloe Nguyen|Melbourne|AU,"
    "Jack Thornton|Perth|AU,Amelia Clarke|Brisbane|AU,Ruby Walker|Auckland|NZ,Haruto Sato|Osaka|JP,Min-jun Park|Busan|KR,"
    "Ava Robinson|Toronto|CA,Ethan Tremblay|Québec|CA,Zoe Campbell|Halifax|CA,Isaac Green|Boston|US,Harper Collins|Nashville|US,"
    "Mateo Silva|Porto|PT,Beatriz Costa|Lisboa|PT,Gabriel Souza|Curitiba|BR,Valentina Ruiz|Santiago|CL,Diego Fernández|Montevideo|UY,"
    "Thandi Mokoena|Cape Town|ZA,Kwame Mensah|Accra|GH,Layla Haddad|Amman|JO,Omar Farouk|Dubai|AE,Noor Rahman|Doha|QA,"
    "Owen Pritchard|Cardiff|GB,Fiona MacLeod|Inverness|GB,George Ashdown|York|GB,Imogen Frost|Bristol|GB,Callum Reid|Dundee|GB,"
    "Nora Fitzgerald|Cork|IE,Elsa Bergström|Malmö|SE,Oskar Nilsen|Oslo|NO,Charlotte Weber|Hamburg|DE,Jonas Richter|Köln|DE,"
    "Marie Lefèvre|Lille|FR,Andrea Greco|Bari|IT,Henrik Madsen|Odense|DK,Leah Goldstein|Brooklyn|US,Theo Papadakis|Athens|GR"
)


def _buyer(number: int, name: str, city: str, country: str) -> dict[str, Any]:
    local = country == "ID"
    plain = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode().replace(" ", ".").replace("-", "")
    return {
        "key": f"b{number:03d}",
        "name": name,
        "user": plain.replace(".", "_" if number % 3 else "") + (f"{number % 90 + 10}" if number % 2 else ""),
        "language": "id" if local else "en",
        "email": f"{plain}@mail.example",
        "phone": f"+62812555{number:05d}" if local else f"+447700900{number:03d}",
        "city": city,
        "country": country,
        "street": f"Jl. Melati No. {number}" if local else f"{number} Orchard Lane",
        "postcode": f"{40000 + number * 13}" if local else f"Z{number:03d} 0AA",
    }


def _all() -> list[dict[str, Any]]:
    here = [(*row.split("|"), "ID") for row in INDONESIA.split(",")]
    there = [tuple(row.split("|")) for row in ELSEWHERE.split(",")]
    return [_buyer(number, *row) for number, row in enumerate([*there, *here], start=1)]


BUYERS = _all()
